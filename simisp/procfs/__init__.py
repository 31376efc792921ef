"""What the kernel shows of processes: /proc, descriptors lent across processes, system calls, device numbers."""
