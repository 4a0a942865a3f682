"""Dumps from strangers who mean harm, real runs that take them in, and a judge who tells what came of each."""
