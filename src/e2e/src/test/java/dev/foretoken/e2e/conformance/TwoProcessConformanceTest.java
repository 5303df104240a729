package dev.foretoken.e2e.conformance;

import dev.foretoken.e2e.server.Topology;
import java.util.List;
import java.util.stream.Stream;

/** The reference's answers come through gateway and runtime as two processes too: the first two checkpoints of some architectures of every kind. */
class TwoProcessConformanceTest extends ConformanceOverHttp {

    private static final int OF_EACH = 2;

    TwoProcessConformanceTest() {
        super(Topology.GATEWAY_AND_RUNTIME, someOfEach());
    }

    private static List<String> someOfEach() {
        return Stream.of(
                        "llama-",
                        "mistral-",
                        "qwen2-",
                        "qwen3-",
                        "mixtral-",
                        "gemma3-",
                        "mamba",
                        "jamba-",
                        "falcon-h1-",
                        "recipe-kv-",
                        "recipe-loop")
                .flatMap(architecture -> Golden.names().stream()
                        .filter(name -> name.startsWith(architecture))
                        .limit(OF_EACH))
                .toList();
    }
}
