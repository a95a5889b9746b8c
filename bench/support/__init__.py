"""What several benches need: clocks, counters, prices, requests, and the stacks they measure."""
