from propay.models.propay import BudgetType, Distribution, ProPay, ProPayStatus, Share, ShareRole

__all__ = ["BudgetType", "Distribution", "ProPay", "ProPayStatus", "Share", "ShareRole"]
