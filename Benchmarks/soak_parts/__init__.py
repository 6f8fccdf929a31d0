"""The parts of Benchmarks/soak and Benchmarks/paced."""
