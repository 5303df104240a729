package dev.foretoken.nativeruntime.experts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.nativeruntime.plan.Routing;
import dev.foretoken.nativeruntime.plan.Routing.Groups;
import dev.foretoken.nativeruntime.plan.Routing.Scoring;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which experts logits choose, and with which weights. */
class ExpertRouterTest {
    private static final VectorRef BIAS = new VectorRef("bias", 6);

    private final Arena arena = Arena.ofAuto();

    private MemorySegment floats(float... values) {
        MemorySegment segment = arena.allocate(4L * values.length, 4);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
        return segment;
    }

    private ExpertChoices route(Routing routing, int experts, float... logits) {
        return route(new ExpertRouter(routing, experts, null), routing, experts, logits);
    }

    private ExpertChoices route(ExpertRouter router, Routing routing, int experts, float... logits) {
        int tokens = logits.length / experts;
        MemorySegment weights = arena.allocate(4L * tokens * routing.topK(), 4);
        ExpertChoices choices = new ExpertChoices(experts, routing.topK(), tokens, weights);
        router.route(floats(logits), tokens, choices);
        return choices;
    }

    private static int[] experts(ExpertChoices choices, int token) {
        return IntStream.range(0, choices.perToken())
                .map(rank -> choices.expert(token, rank))
                .toArray();
    }

    private static float weight(ExpertChoices choices, int token, int rank) {
        return choices.weights().getAtIndex(ValueLayout.JAVA_FLOAT, (long) token * choices.perToken() + rank);
    }

    @Test
    void namesTheBestExpertsInAscendingOrderWithTheSoftmaxOfTheChosen() {
        ExpertChoices choices = route(Routing.softmax(2, true), 4, 0.5f, 3, -1, 1);
        assertThat(experts(choices, 0)).containsExactly(1, 3);
        double first = Math.exp(3) / (Math.exp(3) + Math.exp(1));
        assertThat((double) weight(choices, 0, 0)).isCloseTo(first, within(1e-7));
        assertThat((double) weight(choices, 0, 1)).isCloseTo(1 - first, within(1e-7));
    }

    @Test
    void weightsThatAreNotNormalisedAreSharesOfAllExperts() {
        ExpertChoices choices = route(Routing.softmax(1, false), 3, 1, 2, 3);
        double all = Math.exp(1) + Math.exp(2) + Math.exp(3);
        assertThat((double) weight(choices, 0, 0)).isCloseTo(Math.exp(3) / all, within(1e-7));
    }

    @Test
    void amongEqualLogitsTheLowestExpertsAreChosen() {
        assertThat(experts(route(Routing.softmax(2, true), 5, 1, 1, 1, 1, 1), 0))
                .containsExactly(0, 1);
        assertThat(experts(route(Routing.softmax(2, true), 5, 0, 2, 1, 1, 1), 0))
                .containsExactly(1, 2);
        assertThat(experts(route(Routing.softmax(3, true), 5, 0, 0, -0f, 2, 0), 0))
                .containsExactly(0, 1, 3);
    }

    @Test
    void equalLogitsOfTwoTokensGiveEqualChoices() {
        ExpertChoices choices = route(Routing.softmax(2, false), 3, 5, 5, 4, 5, 5, 4);
        assertThat(experts(choices, 1)).containsExactly(experts(choices, 0));
        assertThat(weight(choices, 1, 0)).isEqualTo(weight(choices, 0, 0)).isEqualTo(weight(choices, 0, 1));
    }

    @Test
    void aLogitThatIsNoNumberIsTheWorst() {
        ExpertChoices choices = route(Routing.softmax(2, true), 3, Float.NaN, -90, -80);
        assertThat(experts(choices, 0)).containsExactly(1, 2);
        assertThat(weight(choices, 0, 0) + weight(choices, 0, 1)).isCloseTo(1, within(1e-6f));
    }

    @Test
    void choosesWhatSortingChooses() {
        Random random = new Random(3);
        for (int k = 1; k <= 9; k++) {
            float[] logits = new float[9];
            for (int e = 0; e < 9; e++) {
                logits[e] = random.nextInt(4);
            }
            int[] expected = IntStream.range(0, 9)
                    .boxed()
                    .sorted((a, b) -> Float.compare(logits[b], logits[a]))
                    .limit(k)
                    .mapToInt(Integer::intValue)
                    .sorted()
                    .toArray();
            assertThat(experts(route(Routing.softmax(k, true), 9, logits), 0)).containsExactly(expected);
        }
    }

    @Test
    void aBiasDecidesTheChoiceAndNotTheWeight() {
        Routing routing = new Routing(2, Scoring.SIGMOID, true, 2.5f, BIAS, Groups.NONE);
        ExpertRouter router = new ExpertRouter(routing, 6, floats(0, 0, 0, 0, 0, 9));
        ExpertChoices choices = route(router, routing, 6, 0, 1, 2, 0, 0, -3);
        assertThat(experts(choices, 0)).containsExactly(2, 5);
        double two = 1 / (1 + Math.exp(-2));
        double five = 1 / (1 + Math.exp(3));
        assertThat((double) weight(choices, 0, 0)).isCloseTo(2.5 * two / (two + five), within(1e-6));
        assertThat((double) weight(choices, 0, 1)).isCloseTo(2.5 * five / (two + five), within(1e-6));
    }

    @Test
    void onlyTheBestGroupsTakePart() {
        Routing routing = new Routing(2, Scoring.SIGMOID, false, 1, null, new Groups(3, 1));
        // the best expert is in the first group, the best pair in the second
        assertThat(experts(route(routing, 6, 4, -9, 2, 2, 0, 1), 0)).containsExactly(2, 3);
        Routing two = new Routing(2, Scoring.SIGMOID, false, 1, null, new Groups(3, 2));
        assertThat(experts(route(two, 6, 4, -9, 2, 2, 0, 1), 0)).containsExactly(2, 3);
        assertThat(experts(route(two, 6, 4, 0, 2, 2, 0, 1), 0)).containsExactly(0, 2);
    }

    @Test
    void everyStrategyNamesARowOfTheRightTokenAndExpert() {
        Random random = new Random(4);
        int tokens = 13;
        int experts = 5;
        float[] logits = new float[tokens * experts];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = random.nextFloat();
        }
        ExpertChoices choices = route(Routing.softmax(2, true), experts, logits);
        for (ExpertStrategy strategy : ExpertStrategy.values()) {
            int room = tokens * experts;
            ExpertRows rows =
                    new ExpertRows(experts, room, arena.allocate(4L * room, 4), arena.allocate(8L * tokens, 4));
            rows.arrange(choices, strategy);
            for (int token = 0; token < tokens; token++) {
                for (int rank = 0; rank < 2; rank++) {
                    int row = rows.places().getAtIndex(ValueLayout.JAVA_INT, token * 2L + rank);
                    assertThat(rows.groups().source(row)).isEqualTo(token);
                    assertThat(member(rows, row)).isEqualTo(choices.expert(token, rank));
                }
            }
        }
    }

    private static int member(ExpertRows rows, int row) {
        return IntStream.range(0, rows.groups().groups())
                .filter(g -> row >= rows.groups().first(g)
                        && row < rows.groups().first(g) + rows.groups().count(g))
                .map(rows.groups()::member)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void countsTheTokensOfEveryExpert() {
        ExpertChoices choices = route(Routing.softmax(1, true), 3, 1, 0, 0, 2, 0, 0, 0, 0, 1);
        assertThat(Arrays.asList(choices.count(0), choices.count(1), choices.count(2)))
                .containsExactly(2, 0, 1);
    }
}
