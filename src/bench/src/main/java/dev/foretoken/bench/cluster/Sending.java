package dev.foretoken.bench.cluster;

/** A gateway sent a request to a pod, which has it at once. */
record Sending(SimulatedRequest request, int pod, long at) {}
