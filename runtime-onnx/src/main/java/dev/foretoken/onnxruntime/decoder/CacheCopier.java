package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.onnxruntime.session.DeviceMemory;

/** Copies and clears ranges of device memory and counts what it copies; an empty range costs no call of the device. */
final class CacheCopier {

    private long bytes;

    long bytes() {
        return bytes;
    }

    void copy(DeviceMemory from, long at, DeviceMemory to, long target, long count) {
        if (count > 0) {
            bytes += count;
            from.copy(at, to, target, count);
        }
    }

    void clear(DeviceMemory memory, long at, long count) {
        if (count > 0) {
            memory.clear(at, count);
        }
    }
}
