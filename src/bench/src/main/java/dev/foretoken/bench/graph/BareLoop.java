package dev.foretoken.bench.graph;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code OrtSession.run} in a loop, as its examples have it: tensors are made once, results closed when they were seen. */
final class BareLoop implements GraphLoop {

    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();

    private BareLoop(OrtSession session) {
        this.session = session;
    }

    static BareLoop open(OrtEnvironment environment, Path model, DeviceSpec device, List<Feed> feeds)
            throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(device.threads());
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.force_spinning_stop", "1");
            if (device.kind() == DeviceSpec.Kind.CUDA) {
                options.addCUDA(device.index());
            }
            BareLoop loop = new BareLoop(environment.createSession(model.toString(), options));
            try {
                for (Feed feed : feeds) {
                    loop.inputs.put(feed.name(), tensor(environment, feed));
                }
                return loop;
            } catch (OrtException | RuntimeException e) {
                loop.close();
                throw e;
            }
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Feed feed) throws OrtException {
        return OnnxTensor.createTensor(
                environment,
                feed.data().asByteBuffer().order(ByteOrder.nativeOrder()),
                feed.shape(),
                type(feed.type()));
    }

    private static OnnxJavaType type(ElementType type) {
        return switch (type) {
            case BOOL -> OnnxJavaType.BOOL;
            case UINT8 -> OnnxJavaType.UINT8;
            case INT8 -> OnnxJavaType.INT8;
            case INT16 -> OnnxJavaType.INT16;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case FP16 -> OnnxJavaType.FLOAT16;
            case BF16 -> OnnxJavaType.BFLOAT16;
            case FP32 -> OnnxJavaType.FLOAT;
            case FP64 -> OnnxJavaType.DOUBLE;
            case UINT16, UINT32, UINT64, BYTES ->
                throw new IllegalArgumentException("a bare loop cannot be given " + type);
        };
    }

    @Override
    public String name() {
        return "bare OrtSession.run";
    }

    @Override
    public void run() {
        try {
            session.run(inputs).close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            inputs.values().forEach(OnnxTensor::close);
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
