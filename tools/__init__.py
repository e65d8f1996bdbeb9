"""Programs for developers and operators; no service imports them, and the image carries only `operate`."""
