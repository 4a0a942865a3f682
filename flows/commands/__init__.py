"""The commands of the command line: arguments in, answers out, the work done elsewhere."""
