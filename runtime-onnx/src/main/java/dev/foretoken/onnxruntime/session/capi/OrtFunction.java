package dev.foretoken.onnxruntime.session.capi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;

/**
 * The functions of ONNX Runtime's C API that are used here: where each stands in the table that {@code GetApi} returns, and its signature. The
 * table only ever grows at its end, so a place holds for this version and every later one.
 *
 * <p>Signatures are the result, a colon and the parameters: {@code p} a pointer or 64-bit count, {@code i} a 32-bit number, {@code v} nothing.
 * Functions that return a pointer return a status, null for success, but for the error message.
 */
enum OrtFunction {
    GET_ERROR_CODE(1, "i:p"),
    GET_ERROR_MESSAGE(2, "p:p"),
    CREATE_ENV(3, "p:ipp"),
    CREATE_SESSION(7, "p:pppp"),
    CREATE_SESSION_OPTIONS(10, "p:p"),
    SET_OPTIMIZED_MODEL_FILE_PATH(11, "p:pp"),
    SET_SESSION_EXECUTION_MODE(13, "p:pi"),
    DISABLE_MEM_PATTERN(17, "p:p"),
    SET_SESSION_LOG_SEVERITY_LEVEL(22, "p:pi"),
    SET_SESSION_GRAPH_OPTIMIZATION_LEVEL(23, "p:pi"),
    SET_INTRA_OP_NUM_THREADS(24, "p:pi"),
    SET_INTER_OP_NUM_THREADS(25, "p:pi"),
    SESSION_GET_INPUT_COUNT(30, "p:pp"),
    SESSION_GET_OUTPUT_COUNT(31, "p:pp"),
    SESSION_GET_INPUT_TYPE_INFO(33, "p:ppp"),
    SESSION_GET_OUTPUT_TYPE_INFO(34, "p:ppp"),
    SESSION_GET_INPUT_NAME(36, "p:pppp"),
    SESSION_GET_OUTPUT_NAME(37, "p:pppp"),
    CREATE_RUN_OPTIONS(39, "p:p"),
    CREATE_TENSOR(48, "p:pppip"),
    CREATE_TENSOR_WITH_DATA(49, "p:pppppip"),
    GET_TENSOR_MUTABLE_DATA(51, "p:pp"),
    GET_STRING_TENSOR_DATA_LENGTH(53, "p:pp"),
    GET_STRING_TENSOR_CONTENT(54, "p:ppppp"),
    CAST_TYPE_INFO_TO_TENSOR_INFO(55, "p:pp"),
    GET_TENSOR_ELEMENT_TYPE(60, "p:pp"),
    GET_DIMENSIONS_COUNT(61, "p:pp"),
    GET_DIMENSIONS(62, "p:ppp"),
    GET_SYMBOLIC_DIMENSIONS(63, "p:ppp"),
    GET_TENSOR_TYPE_AND_SHAPE(65, "p:pp"),
    CREATE_MEMORY_INFO(68, "p:piiip"),
    CREATE_CPU_MEMORY_INFO(69, "p:iip"),
    ALLOCATOR_ALLOC(75, "p:ppp"),
    ALLOCATOR_FREE(76, "p:pp"),
    GET_ALLOCATOR_WITH_DEFAULT_OPTIONS(78, "p:p"),
    RELEASE_ENV(92, "v:p"),
    RELEASE_STATUS(93, "v:p"),
    RELEASE_MEMORY_INFO(94, "v:p"),
    RELEASE_SESSION(95, "v:p"),
    RELEASE_VALUE(96, "v:p"),
    RELEASE_RUN_OPTIONS(97, "v:p"),
    RELEASE_TYPE_INFO(98, "v:p"),
    RELEASE_TENSOR_TYPE_AND_SHAPE_INFO(99, "v:p"),
    RELEASE_SESSION_OPTIONS(100, "v:p"),
    SESSION_GET_MODEL_METADATA(111, "p:pp"),
    MODEL_METADATA_LOOKUP_CUSTOM_METADATA_MAP(116, "p:pppp"),
    RELEASE_MODEL_METADATA(118, "v:p"),
    MODEL_METADATA_GET_CUSTOM_METADATA_MAP_KEYS(123, "p:pppp"),
    GET_AVAILABLE_PROVIDERS(125, "p:pp"),
    RELEASE_AVAILABLE_PROVIDERS(126, "p:pi"),
    ADD_SESSION_CONFIG_ENTRY(130, "p:ppp"),
    CREATE_ALLOCATOR(131, "p:ppp"),
    RELEASE_ALLOCATOR(132, "v:p"),
    RUN_WITH_BINDING(133, "p:ppp"),
    CREATE_IO_BINDING(134, "p:pp"),
    RELEASE_IO_BINDING(135, "v:p"),
    BIND_INPUT(136, "p:ppp"),
    BIND_OUTPUT(137, "p:ppp"),
    BIND_OUTPUT_TO_DEVICE(138, "p:ppp"),
    GET_BOUND_OUTPUT_VALUES(140, "p:pppp"),
    APPEND_EXECUTION_PROVIDER_CUDA(204, "p:pp"),
    CREATE_CUDA_PROVIDER_OPTIONS(205, "p:p"),
    UPDATE_CUDA_PROVIDER_OPTIONS(206, "p:pppp"),
    RELEASE_CUDA_PROVIDER_OPTIONS(208, "v:p"),
    GET_RESIZED_STRING_TENSOR_ELEMENT_BUFFER(252, "p:pppp"),
    ;

    private final int place;
    private final String signature;

    OrtFunction(int place, String signature) {
        this.place = place;
        this.signature = signature;
    }

    /** Index into the table of function pointers. */
    int place() {
        return place;
    }

    String signature() {
        return signature;
    }

    private int parameters() {
        return signature.length() - 2;
    }

    FunctionDescriptor descriptor() {
        MemoryLayout[] parameters = new MemoryLayout[parameters()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = layout(signature.charAt(i + 2));
        }
        char result = signature.charAt(0);
        return result == 'v'
                ? FunctionDescriptor.ofVoid(parameters)
                : FunctionDescriptor.of(layout(result), parameters);
    }

    private static ValueLayout layout(char kind) {
        return kind == 'i' ? ValueLayout.JAVA_INT : ValueLayout.JAVA_LONG;
    }
}
