"""What we test our derivatives with, for testing yours."""

from .check import CheckError, KinkWarning, Report, check_grads
from .rules import check_rule

__all__ = ["CheckError", "KinkWarning", "Report", "check_grads", "check_rule"]
