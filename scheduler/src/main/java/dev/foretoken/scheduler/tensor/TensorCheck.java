package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSize;
import dev.foretoken.contract.runtime.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Refuses requests that a graph cannot run, with what was expected and what was found. Keeps nothing: any thread. */
final class TensorCheck {

    private static final String INPUTS = "inputs";
    private static final String OUTPUTS = "outputs";

    private final TensorSignature signature;
    private final JoinRules rules;
    private final long maxBytes;
    private final AnswerSize answers;
    private final List<String> allOutputs;

    TensorCheck(TensorSignature signature, JoinRules rules, TensorConfig config) {
        this.signature = signature;
        this.rules = rules;
        this.maxBytes = config.maxRequestBytes();
        this.answers = new AnswerSize(signature, rules, config.maxAnswerBytes());
        this.allOutputs = signature.outputs().stream().map(TensorSpec::name).toList();
    }

    /** @throws ForetokenException INVALID_REQUEST, CONTEXT_LENGTH_EXCEEDED, PAYLOAD_TOO_LARGE */
    TensorWork check(TensorRequest request) {
        List<Tensor> inputs = ordered(request.inputs());
        long bytes = 0;
        for (int i = 0; i < inputs.size(); i++) {
            checkTensor(inputs.get(i), signature.inputs().get(i));
            bytes += inputs.get(i).data().byteSize();
        }
        if (bytes > maxBytes) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the inputs hold " + bytes + " bytes, at most " + maxBytes
                            + " are taken (tensor.max-request-bytes)");
        }
        long rows = rules.joins() ? common(inputs, rules.batchAxis(), "rows") : 1;
        long length = length(inputs);
        List<String> outputs = outputs(request.outputs());
        answers.check(outputs, rows, length);
        return new TensorWork(inputs, outputs, rows, length, bytes, rules.key(inputs));
    }

    private List<Tensor> ordered(List<Tensor> given) {
        Map<String, Tensor> byName = new HashMap<>();
        for (Tensor tensor : given) {
            if (signature.input(tensor.name()).isEmpty()) {
                throw invalid(INPUTS, "input '" + tensor.name() + "' is unknown, this model takes " + expected());
            }
            if (byName.put(tensor.name(), tensor) != null) {
                throw invalid(INPUTS, "input '" + tensor.name() + "' is given twice");
            }
        }
        List<Tensor> ordered = new ArrayList<>();
        for (TensorSpec spec : signature.inputs()) {
            Tensor tensor = byName.get(spec.name());
            if (tensor == null) {
                throw invalid(INPUTS, "input '" + spec.name() + "' is missing, this model takes " + expected());
            }
            ordered.add(tensor);
        }
        return ordered;
    }

    private String expected() {
        return signature.inputs().stream()
                .map(spec -> spec.name() + " " + spec.type() + " " + spec.shape())
                .collect(Collectors.joining(", "));
    }

    private static void checkTensor(Tensor tensor, TensorSpec spec) {
        if (tensor.type() != spec.type()) {
            throw invalid(INPUTS, "input '%s' is %s, expected %s".formatted(spec.name(), tensor.type(), spec.type()));
        }
        if (!fits(tensor.shape(), spec.shape())) {
            throw invalid(
                    INPUTS,
                    "input '%s' has shape %s, expected %s (-1: any size from 1)"
                            .formatted(spec.name(), tensor.shape(), spec.shape()));
        }
        Optional<String> misfit = TensorSize.misfit(tensor);
        if (misfit.isPresent()) {
            throw invalid(INPUTS, "input '" + tensor.name() + "' " + misfit.get());
        }
    }

    private static boolean fits(List<Long> shape, List<Long> declared) {
        boolean fits = shape.size() == declared.size();
        for (int i = 0; fits && i < shape.size(); i++) {
            // Nothing of any size takes no bytes, and no bound on bytes would hold for what comes of it.
            fits = declared.get(i) < 0 ? shape.get(i) >= 1 : declared.get(i).longValue() == shape.get(i);
        }
        return fits;
    }

    private long length(List<Tensor> inputs) {
        if (rules.ragged().isEmpty()) {
            return 1;
        }
        RaggedAxis ragged = rules.ragged().get();
        List<Tensor> padded =
                inputs.stream().filter(input -> rules.isPadded(input.name())).toList();
        long length = common(padded, ragged.axis(), "positions");
        if (ragged.most() > 0 && length > ragged.most()) {
            throw new ForetokenException(
                            ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                            "input '%s' has %d positions along axis %d, this model takes at most %d"
                                    .formatted(padded.getFirst().name(), length, ragged.axis(), ragged.most()))
                    .withParam(INPUTS);
        }
        return length;
    }

    /** The one size that all have along an axis. */
    private static long common(List<Tensor> tensors, int axis, String what) {
        if (tensors.isEmpty()) {
            return 1;
        }
        Tensor first = tensors.getFirst();
        long size = first.shape().get(axis);
        for (Tensor other : tensors) {
            if (other.shape().get(axis) != size) {
                throw invalid(
                        INPUTS,
                        "input '%s' has %d %s along axis %d and input '%s' has %d, expected the same"
                                .formatted(
                                        first.name(),
                                        size,
                                        what,
                                        axis,
                                        other.name(),
                                        other.shape().get(axis)));
            }
        }
        if (size == 0) {
            throw invalid(
                    INPUTS,
                    "input '%s' has no %s along axis %d, expected 1 at least".formatted(first.name(), what, axis));
        }
        return size;
    }

    private List<String> outputs(List<String> wanted) {
        if (wanted.isEmpty()) {
            return allOutputs;
        }
        Set<String> seen = new HashSet<>();
        for (String name : wanted) {
            if (!allOutputs.contains(name)) {
                throw invalid(OUTPUTS, "output '" + name + "' is unknown, this model makes " + allOutputs);
            }
            if (!seen.add(name)) {
                throw invalid(OUTPUTS, "output '" + name + "' is asked for twice");
            }
        }
        return wanted;
    }

    private static ForetokenException invalid(String param, String message) {
        return ForetokenException.invalid(param, message);
    }
}
