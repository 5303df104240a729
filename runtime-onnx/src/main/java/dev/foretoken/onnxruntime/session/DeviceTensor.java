package dev.foretoken.onnxruntime.session;

import java.util.List;

/**
 * A tensor on the device that a session computes on.
 *
 * @param memory its bytes, all of them
 */
public record DeviceTensor(List<Long> shape, DeviceMemory memory) {
    public DeviceTensor {
        shape = List.copyOf(shape);
    }
}
