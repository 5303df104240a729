package dev.foretoken.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.bench.client.PrefillAsk;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkloadTest {
    private static final LengthDistribution TEN = new LengthDistribution.Fixed(10);

    @Test
    void aRequestDependsOnSeedAndIndexOnly() {
        RequestPlan first = new Workload(shape(100, 0, 0, 0)).request(3);
        Workload again = new Workload(shape(100, 0, 0, 0));
        again.request(8);
        assertThat(again.request(3).body()).isEqualTo(first.body());
        assertThat(again.request(4).body()).isNotEqualTo(first.body());
    }

    @Test
    void tokenIdsHaveTheLengthAndStayAwayFromTheEndsOfTheVocabulary() throws IOException {
        JsonNode prompt = json(new Workload(shape(800, 0, 0, 0)).request(0)).path("prompt");
        assertThat(prompt).hasSize(10).allSatisfy(id -> assertThat(id.asInt()).isBetween(100, 699));
    }

    @Test
    void anotherSeedOfPromptsChangesAllTokensAndNothingElse() throws IOException {
        WorkloadShape shape = shape(100_000, 3, 0, 0);
        ObjectNode one = (ObjectNode) json(new Workload(shape).request(2));
        ObjectNode other = (ObjectNode) json(new Workload(shape.withSeeds(5, 6)).request(2));
        JsonNode prompt = one.remove("prompt");
        JsonNode otherPrompt = other.remove("prompt");
        for (int i = 0; i < 10; i++) {
            assertThat(prompt.get(i)).isNotEqualTo(otherPrompt.get(i));
        }
        assertThat(one).isEqualTo(other);
    }

    @Test
    void theSharedPrefixIsTheSameForAllAndTheRestIsNot() throws IOException {
        Workload workload = new Workload(shape(100_000, 6, 0, 0));
        JsonNode one = json(workload.request(0)).path("prompt");
        JsonNode other = json(workload.request(1)).path("prompt");
        for (int i = 0; i < 6; i++) {
            assertThat(one.get(i)).isEqualTo(other.get(i));
        }
        assertThat(one.get(7)).isNotEqualTo(other.get(7));
        assertThat(one).hasSize(10);
    }

    @Test
    void textPromptsHaveAsManyWords() throws IOException {
        String prompt =
                json(new Workload(shape(0, 4, 0, 0)).request(0)).path("prompt").asText();
        assertThat(prompt.split(" ")).hasSize(10);
    }

    @Test
    void fractionsOfCancelsAndMistakesAreMetAndEveryMistakeHappens() {
        Workload workload = new Workload(shape(100, 0, 0.3, 0.2));
        int cancels = 0;
        int malformed = 0;
        Set<Mistake> seen = EnumSet.noneOf(Mistake.class);
        for (int i = 0; i < 4_000; i++) {
            switch (workload.request(i).intent()) {
                case Intent.Whole w -> {}
                case Intent.Cancel c -> cancels++;
                case Intent.Malformed m -> {
                    malformed++;
                    seen.add(m.mistake());
                }
            }
        }
        assertThat(cancels / 4000.0).isCloseTo(0.3, within(0.03));
        assertThat(malformed / 4000.0).isCloseTo(0.2, within(0.03));
        assertThat(seen).containsExactlyInAnyOrder(Mistake.values());
    }

    @Test
    void fractionsAboveOneTogetherAreRefused() {
        assertThatThrownBy(() -> shape(0, 0, 0.7, 0.7)).hasMessageContaining("sum to at most 1");
    }

    @Test
    void saysHowThePromptIsToComeIntoTheCachesOnlyWhereThatWasAskedFor() throws IOException {
        WorkloadShape silent = shape(100, 0, 0, 0);
        assertThat(json(new Workload(silent).request(0)).toString()).doesNotContain("prefill", "repair", "ttft");
        JsonNode asked = json(new Workload(silent.withPrefill(new PrefillAsk("auto", "12", 1000))).request(0));
        assertThat(asked.path("prefill_mode").asText()).isEqualTo("auto");
        assertThat(asked.path("repair_by").isInt()).isTrue();
        assertThat(asked.path("ttft_objective_ms").asInt()).isEqualTo(1000);
        assertThatThrownBy(() -> new PrefillAsk(null, "soon", null)).hasMessageContaining("--repair-by soon");
    }

    private static JsonNode json(RequestPlan plan) throws IOException {
        return new ObjectMapper().readTree(plan.body());
    }

    private static WorkloadShape shape(int vocabulary, int sharedPrefix, double cancels, double malformed) {
        return new WorkloadShape(
                Endpoint.COMPLETIONS,
                "m",
                TEN,
                TEN,
                vocabulary,
                sharedPrefix,
                true,
                false,
                0.0,
                cancels,
                malformed,
                5,
                5,
                PrefillAsk.SILENT);
    }
}
