"""What we test our derivatives with, for testing yours."""

from .check import CheckError, KinkWarning, Report, check_grads

__all__ = ["CheckError", "KinkWarning", "Report", "check_grads"]
