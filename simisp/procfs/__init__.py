"""What the kernel shows of processes: /proc, duplicates of descriptors, system calls, device numbers."""
