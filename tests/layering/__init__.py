"""What holds between modules, packages and promises."""
