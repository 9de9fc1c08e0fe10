"""The policymaker's page: levers, a verdict in words, and charts of paired replicates."""
