package dev.foretoken.bench.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A graph of products with square matrices, one behind the other, in the wire format of onnx.proto: x fp32 [batch, width] to y of the same
 * shape.
 */
record ProductChain(int width, int layers) {

    private static final int FP32 = 1;
    private static final int IR_VERSION = 10;
    private static final int OPSET = 21;

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    Path write(Path file) throws IOException {
        ByteString graph = message(out -> {
            for (int layer = 0; layer < layers; layer++) {
                out.writeBytes(1, node(layer));
            }
            out.writeString(2, "products");
            for (int layer = 0; layer < layers; layer++) {
                out.writeBytes(5, weights(layer));
            }
            out.writeBytes(11, port("x"));
            out.writeBytes(12, port("y"));
        });
        ByteString model = message(out -> {
            out.writeInt64(1, IR_VERSION);
            out.writeBytes(7, graph);
            out.writeBytes(8, message(opset -> opset.writeInt64(2, OPSET)));
        });
        return Files.write(file, model.toByteArray());
    }

    private ByteString node(int layer) throws IOException {
        return message(out -> {
            out.writeString(1, layer == 0 ? "x" : "x" + layer);
            out.writeString(1, "w" + layer);
            out.writeString(2, layer == layers - 1 ? "y" : "x" + (layer + 1));
            out.writeString(4, "MatMul");
        });
    }

    private ByteString weights(int layer) throws IOException {
        SplittableRandom random = new SplittableRandom(layer);
        ByteBuffer raw = ByteBuffer.allocate(width * width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (raw.hasRemaining()) {
            raw.putFloat((float) ((random.nextDouble() - 0.5) / Math.sqrt(width)));
        }
        return message(out -> {
            out.writeInt64(1, width);
            out.writeInt64(1, width);
            out.writeInt32(2, FP32);
            out.writeString(8, "w" + layer);
            out.writeBytes(9, ByteString.copyFrom(raw.flip()));
        });
    }

    private ByteString port(String name) throws IOException {
        ByteString shape = message(out -> {
            out.writeBytes(1, message(dimension -> dimension.writeString(2, "batch")));
            out.writeBytes(1, message(dimension -> dimension.writeInt64(1, width)));
        });
        ByteString tensor = message(out -> {
            out.writeInt32(1, FP32);
            out.writeBytes(2, shape);
        });
        return message(out -> {
            out.writeString(1, name);
            out.writeBytes(2, message(type -> type.writeBytes(1, tensor)));
        });
    }

    private static ByteString message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return ByteString.copyFrom(bytes.toByteArray());
    }
}
