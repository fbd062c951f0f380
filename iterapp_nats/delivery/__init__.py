"""What numbered messages prove: gaps, verdicts, causes and latencies, from values alone"""
