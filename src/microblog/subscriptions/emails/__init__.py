"""What every subscribed email has: see `subscription_email`."""
