package dev.foretoken.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** LoRA adapters over HTTP: those of the start in every topology, and those that come and go while a server runs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdapterOverHttpTest {

    private static final String BASE = "llama-text";
    private static final String ALL = "llama-text-all";
    private static final String VALUES = "llama-text-values";

    /** Loads adapters while it runs, and has one from its start. */
    private Deployment open;

    @BeforeAll
    void start() {
        open = Topology.ONE_PROCESS.start(serving()
                .engine("--adapters", Checkout.checkpoints().resolve("adapters").toString())
                .engine("--adapter", mount(BASE, "all", ALL)));
    }

    @AfterAll
    void stop() {
        if (open != null) {
            open.close();
        }
    }

    private static ServeArguments serving() {
        return GoldenCheck.serving(List.of(BASE, "llama-odd-f32"));
    }

    private static String mount(String base, String name, String adapter) {
        return base + ":" + name + "="
                + Checkout.checkpoints().resolve("adapters").resolve(adapter);
    }

    private static Reply ask(HttpApi api, String model) {
        return api.post(HttpApi.COMPLETIONS, Map.of("model", model, "prompt", "a", "max_tokens", 2));
    }

    @ParameterizedTest
    @EnumSource(Topology.class)
    void answersLikeTheMergedCheckpointAndTheBaseLikeItself(Topology topology) {
        ServeArguments arguments = serving()
                .engine("--adapter", mount(BASE, "all", ALL))
                .engine("--adapter", mount(BASE, "values", VALUES))
                .engine("--adapter", mount("llama-odd-f32", "stable", "llama-odd-stable"));
        try (Deployment server = topology.start(arguments)) {
            HttpApi api = new HttpApi(server.http());
            GoldenCheck check = new GoldenCheck(api);
            check.equalTheReference(Golden.ofAdapter(ALL, BASE + ":all"));
            check.equalTheReference(Golden.of("llama-odd-f32"));
            check.equalTheReference(Golden.ofAdapter("llama-odd-stable", "llama-odd-f32:stable"));
            check.equalTheReference(Golden.ofAdapter(VALUES, BASE + ":values"));
            requireListed(api);
            Reply unknown = ask(api, BASE + ":other");
            assertThat(unknown.status()).isEqualTo(404);
            assertThat(unknown.error().path("code").asText()).isEqualTo("model_not_found");
            assertThat(unknown.error().path("message").asText())
                    .contains("adapters loaded: 'llama-text:all', 'llama-text:values'");
            requireClosed(api);
        }
    }

    /** Loads nothing where it was not allowed. */
    private static void requireClosed(HttpApi api) {
        Reply reply =
                api.post("/v1/load_lora_adapter", Map.of("lora_name", "x", "lora_path", ALL, "base_model_name", BASE));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error().path("message").asText()).contains("--adapters FOLDER");
    }

    private static void requireListed(HttpApi api) {
        JsonNode one = api.get("/v1/models/" + BASE + ":all").ok();
        assertThat(one.path("id").asText()).isEqualTo(BASE + ":all");
        assertThat(one.path("parent").asText()).isEqualTo(BASE);
        assertThat(one.path("lora_rank").asInt()).isEqualTo(8);
        assertThat(api.get("/v1/models").ok().path("data"))
                .anySatisfy(model -> assertThat(model).isEqualTo(one));
        assertThat(api.get("/v1/models/" + BASE).ok().path("parent").isNull()).isTrue();
    }

    @Test
    void adaptersComeAndGoWhileTheServerRuns() {
        HttpApi api = new HttpApi(open.http());
        Map<String, String> load = Map.of("lora_name", "late", "lora_path", ALL, "base_model_name", BASE);
        assertThat(ask(api, BASE + ":late").status()).isEqualTo(404);
        assertThat(open.engineMetrics().sum("foretoken_adapters")).isEqualTo(1);
        assertThat(api.post("/v1/load_lora_adapter", load).ok().path("id").asText())
                .isEqualTo(BASE + ":late");
        new GoldenCheck(api).equalTheReference(Golden.ofAdapter(ALL, BASE + ":late"));
        assertThat(api.post("/v1/load_lora_adapter", load).status()).isEqualTo(400);
        assertThat(open.engineMetrics().sum("foretoken_adapters")).isEqualTo(2);
        Map<String, String> name = Map.of("lora_name", "late", "base_model_name", BASE);
        api.post("/v1/unload_lora_adapter", name).ok();
        assertThat(ask(api, BASE + ":late").status()).isEqualTo(404);
        assertThat(api.post("/v1/unload_lora_adapter", name).status()).isEqualTo(404);
        new GoldenCheck(api).equalTheReference(Golden.of("llama-odd-f32"));
    }

    @Test
    void answersStayTheSameWhileAdaptersComeAndGo() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            HttpApi api = new HttpApi(open.http());
            GoldenCheck check = new GoldenCheck(api);
            List<Future<?>> asking = new ArrayList<>();
            for (Golden golden : List.of(Golden.ofAdapter(ALL, BASE + ":all"), Golden.of("llama-odd-f32"))) {
                for (int i = 0; i < 6; i++) {
                    asking.add(callers.submit(() -> check.equalTheReference(golden)));
                }
            }
            Map<String, String> load = Map.of("lora_name", "late", "lora_path", VALUES, "base_model_name", BASE);
            for (int i = 0; i < 5; i++) {
                api.post("/v1/load_lora_adapter", load).ok();
                check.equalTheReference(Golden.ofAdapter(VALUES, BASE + ":late"));
                api.post("/v1/unload_lora_adapter", load).ok();
            }
            for (Future<?> one : asking) {
                one.get(2, TimeUnit.MINUTES);
            }
        }
    }

    @Test
    void readsNothingOutsideTheFolderOfAdapters() {
        HttpApi api = new HttpApi(open.http());
        for (String path : List.of("../llama-text", "/etc", "nowhere", "llama-text-all/../../llama-text")) {
            Reply reply = api.post(
                    "/v1/load_lora_adapter", Map.of("lora_name", "x", "lora_path", path, "base_model_name", BASE));
            assertThat(reply.status()).as(path).isEqualTo(400);
            assertThat(reply.error().path("message").asText()).contains("inside the folder");
        }
        Reply other = api.post(
                "/v1/load_lora_adapter", Map.of("lora_name", "x", "lora_path", "gpt2-turned", "base_model_name", BASE));
        assertThat(other.status()).isEqualTo(400);
        assertThat(other.error().path("message").asText()).contains("no linear map of this model");
    }
}
