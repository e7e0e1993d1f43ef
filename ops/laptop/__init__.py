"""The laptop stack: everything the cloud does, as local processes and files below `.local/`."""
