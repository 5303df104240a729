package dev.foretoken.onnxruntime.session.capi;

/**
 * A range of memory as ONNX Runtime is told of it.
 *
 * @param memoryInfo {@code OrtMemoryInfo} of its device
 * @param owner kept reachable for as long as the range is bound
 */
record MemoryPlace(long memoryInfo, long address, long bytes, Object owner) {}
