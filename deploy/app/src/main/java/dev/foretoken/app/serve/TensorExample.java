package dev.foretoken.app.serve;

import dev.foretoken.app.terminal.PortsText;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSize;
import dev.foretoken.contract.runtime.TensorSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A request that a graph answers. */
final class TensorExample {

    /** What still reads well in a terminal. */
    private static final int MOST_VALUES = 24;

    /** A name comes from a file: one that a shell or JSON reads otherwise is nothing to paste. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:/@-]+");

    private TensorExample() {}

    /** The body of a request with the smallest inputs; empty where they are more than a person pastes, or nothing to paste. */
    static Optional<String> body(TensorSignature signature) {
        List<String> inputs = new ArrayList<>();
        long values = 0;
        for (TensorSpec spec : signature.inputs()) {
            List<Long> shape = smallest(spec, signature);
            values += Math.min(TensorSize.elements(shape), MOST_VALUES + 1);
            if (values > MOST_VALUES || !PLAIN.matcher(spec.name()).matches()) {
                return Optional.empty();
            }
            inputs.add("{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":%s,\"data\":%s}"
                    .formatted(spec.name(), spec.type(), PortsText.shape(shape), data(spec.type(), shape)));
        }
        return Optional.of("{\"inputs\":[" + String.join(",", inputs) + "]}");
    }

    /** One of every size that is free, and some positions along the axis of lengths. */
    private static List<Long> smallest(TensorSpec spec, TensorSignature signature) {
        Optional<RaggedAxis> ragged =
                signature.ragged().filter(axis -> axis.padding().containsKey(spec.name()));
        List<Long> shape = new ArrayList<>();
        for (int axis = 0; axis < spec.shape().size(); axis++) {
            int at = axis;
            long free = ragged.filter(lengths -> lengths.axis() == at).isPresent() ? 3 : 1;
            shape.add(spec.shape().get(axis) >= 0 ? spec.shape().get(axis) : free);
        }
        return shape;
    }

    private static String data(ElementType type, List<Long> shape) {
        String value = switch (type) {
            case BOOL -> "true";
            case BYTES -> "\"text\"";
            case FP16, BF16, FP32, FP64 -> "0.5";
            case UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64 -> "1";
        };
        return "[" + String.join(",", Collections.nCopies((int) TensorSize.elements(shape), value)) + "]";
    }
}
