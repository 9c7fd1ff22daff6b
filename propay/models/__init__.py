from propay.models.propay import LIVE_STATUSES, BudgetType, Distribution, ProPay, ProPayStatus, Share, ShareRole

__all__ = ["LIVE_STATUSES", "BudgetType", "Distribution", "ProPay", "ProPayStatus", "Share", "ShareRole"]
