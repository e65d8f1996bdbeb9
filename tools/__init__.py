"""Programs for developers and operators; no service imports them, and the image does not carry them."""
