"""One page or capture -> a finished record, without a crawler."""
