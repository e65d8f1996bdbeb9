"""The commands of an operator, all behind `onestop`. They are in the image beside the services."""
