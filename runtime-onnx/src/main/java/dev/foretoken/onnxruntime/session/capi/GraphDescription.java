package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.onnxruntime.session.ElementNumbers;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a loaded graph says of itself. */
record GraphDescription(List<GraphPort> inputs, List<GraphPort> outputs, Map<String, String> metadata) {

    GraphDescription {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        metadata = Map.copyOf(metadata);
    }

    /**
     * Outputs that nobody can be given are left out: maps and sequences that classic learners make beside their tensors.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED for an input that nobody can give
     */
    static GraphDescription read(OrtApi api, long session, long allocator) {
        List<GraphPort> inputs = new ArrayList<>();
        List<GraphPort> outputs = new ArrayList<>();
        long count = api.get(OrtFunction.SESSION_GET_INPUT_COUNT, session);
        for (long i = 0; i < count; i++) {
            String name = taken(api, allocator, api.get(OrtFunction.SESSION_GET_INPUT_NAME, session, i, allocator));
            inputs.add(port(api, session, OrtFunction.SESSION_GET_INPUT_TYPE_INFO, i, name)
                    .orElseThrow(() -> unsupported(name)));
        }
        count = api.get(OrtFunction.SESSION_GET_OUTPUT_COUNT, session);
        for (long i = 0; i < count; i++) {
            String name = taken(api, allocator, api.get(OrtFunction.SESSION_GET_OUTPUT_NAME, session, i, allocator));
            port(api, session, OrtFunction.SESSION_GET_OUTPUT_TYPE_INFO, i, name)
                    .ifPresent(outputs::add);
        }
        return new GraphDescription(inputs, outputs, metadata(api, session, allocator));
    }

    private static ForetokenException unsupported(String name) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "Input %s of the graph is nothing that a request can give: expected a tensor of a type of the Open Inference Protocol"
                        .formatted(name));
    }

    private static Optional<GraphPort> port(OrtApi api, long session, OrtFunction info, long at, String name) {
        try (OrtObject type = api.object(info, OrtFunction.RELEASE_TYPE_INFO, session, at)) {
            long tensor = api.get(OrtFunction.CAST_TYPE_INFO_TO_TENSOR_INFO, type.address());
            if (tensor == 0) {
                return Optional.empty();
            }
            return ElementNumbers.of(TensorShapes.elementType(api, tensor))
                    .map(element -> new GraphPort(
                            name, element, TensorShapes.shape(api, tensor), TensorShapes.names(api, tensor)));
        }
    }

    private static Map<String, String> metadata(OrtApi api, long session, long allocator) {
        Map<String, String> metadata = new HashMap<>();
        try (Arena arena = Arena.ofConfined();
                OrtObject of = api.object(
                        OrtFunction.SESSION_GET_MODEL_METADATA, OrtFunction.RELEASE_MODEL_METADATA, session)) {
            for (String key : keys(api, of.address(), allocator)) {
                long name = NativeText.write(arena, key);
                long value =
                        api.get(OrtFunction.MODEL_METADATA_LOOKUP_CUSTOM_METADATA_MAP, of.address(), allocator, name);
                metadata.put(key, taken(api, allocator, value));
            }
        }
        return metadata;
    }

    private static List<String> keys(OrtApi api, long metadata, long allocator) {
        List<String> keys = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment array = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
            api.check(
                    OrtFunction.MODEL_METADATA_GET_CUSTOM_METADATA_MAP_KEYS,
                    metadata,
                    allocator,
                    array.address(),
                    count.address());
            long texts = array.get(ValueLayout.JAVA_LONG, 0);
            long size = count.get(ValueLayout.JAVA_LONG, 0);
            MemorySegment each = NativeText.view(texts, size * Long.BYTES);
            for (long i = 0; i < size; i++) {
                keys.add(taken(api, allocator, each.getAtIndex(ValueLayout.JAVA_LONG, i)));
            }
            free(api, allocator, texts);
        }
        return keys;
    }

    /** Reads a text that the allocator holds, and frees it. */
    private static String taken(OrtApi api, long allocator, long text) {
        String read = NativeText.read(text);
        free(api, allocator, text);
        return read;
    }

    private static void free(OrtApi api, long allocator, long memory) {
        if (memory != 0) {
            api.check(OrtFunction.ALLOCATOR_FREE, allocator, memory);
        }
    }
}
