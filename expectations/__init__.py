"""What analysts may rely on: suites as code, thresholds with a reason, the gate."""
