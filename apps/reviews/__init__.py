"""Assessment: the queue, leases, marks and decisions."""
