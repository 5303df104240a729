package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.request.Resumed;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Requests that come with tokens which another engine generated. */
class ResumedTest {

    private static final SchedulerConfig CONFIG = new SchedulerConfig(4, 24, 12, 100, true, 3);
    private static final CacheKind PAGED = new CacheKind.PagedKv(1, 8, 8);
    private static final CacheKind STATE = new CacheKind.RecurrentState(1, 64);
    private static final CacheKind WINDOW = new CacheKind.WindowedKv(1, 8, 8, 20);
    private static final FakeModel PLAIN = model(1, EnumSet.allOf(Feature.class), PAGED);

    private static FakeModel model(int alignment, Set<Feature> features, CacheKind... kinds) {
        return FakeModel.of(
                100, 128, new CacheSpec(List.of(kinds), 8, alignment), new Capabilities(features, 64, 4096, 2));
    }

    private static SchedulerBench bench(FakeModel model) {
        return new SchedulerBench(model, CONFIG, 64);
    }

    private static GenerationRequest cut(GenerationRequest request, FakeReference reference, int... cuts) {
        List<Resumed.Choice> choices = IntStream.range(0, cuts.length)
                .mapToObj(choice -> new Resumed.Choice(
                        TokenIds.of(reference.tokens(request, choice).stream()
                                .limit(cuts[choice])
                                .mapToInt(Integer::intValue)
                                .toArray()),
                        false))
                .toList();
        return request.withResumed(new Resumed(choices));
    }

    private static EngineEvent.Finished end(EventRecord record, int choice) {
        return (EngineEvent.Finished) record.of(choice).getLast();
    }

    @Test
    void everyCutOfEveryKindOfModelGoesOnAsIfItWereNone() {
        for (FakeModel model : List.of(
                PLAIN,
                model(8, EnumSet.allOf(Feature.class), PAGED, STATE),
                model(8, EnumSet.allOf(Feature.class), STATE),
                model(1, EnumSet.allOf(Feature.class), PAGED, WINDOW))) {
            GenerationRequest request = distinct("r", 37, 20).withOutput(new OutputOptions(2, 1, false));
            FakeReference reference = new FakeReference(model.shape());
            for (int known = 0; known <= 20; known++) {
                SchedulerBench bench = bench(model);
                EventRecord record = bench.submit(cut(request, reference, known));
                bench.runToEnd();
                record.check(reference);
                assertThat(record.tokens(0)).hasSize(20 - known);
                assertThat(end(record, 0).usage().completionTokens()).isEqualTo(20);
                assertThat(end(record, 0).usage().promptTokens()).isEqualTo(37);
            }
        }
    }

    @Test
    void tokensBeforeTheLeastNumberCountFromTheBeginningOfTheAnswer() {
        GenerationRequest request = distinct("r", 10, 12);
        FakeReference reference = new FakeReference(PLAIN.shape());
        int third = reference.tokens(request, 0).get(2);
        request = request.withStop(new StopConditions(12, 5, TokenIds.of(third)));
        for (int known = 0; known <= 5; known++) {
            SchedulerBench bench = bench(PLAIN);
            EventRecord record = bench.submit(cut(request, reference, known));
            bench.runToEnd();
            record.check(reference);
        }
    }

    @Test
    void cachedTokensAreThoseOfThePromptAlone() {
        SchedulerBench bench = bench(PLAIN);
        FakeReference reference = new FakeReference(PLAIN.shape());
        GenerationRequest request = distinct("r", 20, 30);
        bench.submit(request);
        bench.runToEnd();
        EventRecord record = bench.submit(cut(request, reference, 25));
        bench.runToEnd();
        record.check(reference);
        assertThat(end(record, 0).usage().cachedTokens()).isEqualTo(20);
        assertThat(bench.observer.hitTokens).isEqualTo(20);
    }

    @Test
    void choicesGoOnEachFromItsOwnPlaceAndOneThatHadEndedStaysSo() {
        GenerationRequest request = distinct("r", 20, 10).withChoices(3);
        FakeReference reference = new FakeReference(PLAIN.shape());
        Resumed cuts = cut(request, reference, 0, 10, 4).resumed();
        Resumed resumed = new Resumed(List.of(
                new Resumed.Choice(TokenIds.EMPTY, true),
                cuts.choices().get(1),
                cuts.choices().get(2)));
        SchedulerBench bench = bench(PLAIN);
        EventRecord record = bench.submit(request.withResumed(resumed));
        bench.runToEnd();
        record.check(reference);
        assertThat(record.of(0)).hasSize(1);
        assertThat(end(record, 0).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(record.of(1)).hasSize(1);
        assertThat(end(record, 1).reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(record.tokens(2)).hasSize(6);
    }

    @Test
    void aLastTokenThatStopsTheAnswerEndsItAtOnce() {
        GenerationRequest request = distinct("r", 10, 12);
        FakeReference reference = new FakeReference(PLAIN.shape());
        int stop = reference.tokens(request, 0).get(6);
        request = request.withStop(new StopConditions(12, 0, TokenIds.of(stop)));
        int length = reference.tokens(request, 0).size();
        EventRecord record = bench(PLAIN).submit(cut(request, reference, length));
        assertThat(end(record, 0).reason()).isEqualTo(FinishReason.STOP_TOKEN);
        assertThat(end(record, 0).usage().completionTokens()).isEqualTo(length);
    }

    @Test
    void refusesWhatItCannotGoOnWithBitForBit() {
        FakeReference reference = new FakeReference(PLAIN.shape());
        GenerationRequest request = cut(distinct("r", 10, 12), reference, 3);
        Set<Feature> features = EnumSet.complementOf(EnumSet.of(Feature.BATCH_INVARIANT));
        assertRefused(model(1, features, PAGED), request, ErrorCode.UNSUPPORTED_FEATURE, "go on with an answer");
        PrefillOptions auto = new PrefillOptions(PrefillMode.AUTO, Repair.SLACK);
        assertRefused(
                PLAIN,
                request.withOptions(ModelOptions.DEFAULT.withPrefill(auto)),
                ErrorCode.UNSUPPORTED_FEATURE,
                "not computed exactly");
        assertRefused(
                PLAIN,
                request.withStop(StopConditions.afterTokens(2)),
                ErrorCode.INVALID_REQUEST,
                "3 tokens are given as generated, the request allows 2");
        assertRefused(
                PLAIN,
                request.withResumed(new Resumed(List.of(new Resumed.Choice(TokenIds.of(100), false)))),
                ErrorCode.INVALID_REQUEST,
                "token id 100");
        String here = PLAIN.shape().numericsId();
        assertRefused(
                PLAIN,
                request.withResumed(request.resumed().computedWith("another-" + here)),
                ErrorCode.REPLICA_LOST,
                "another-" + here);
        bench(PLAIN).submit(request.withResumed(request.resumed().computedWith(here)));
    }

    private static void assertRefused(FakeModel model, GenerationRequest request, ErrorCode code, String why) {
        assertThatThrownBy(() -> bench(model).submit(request)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e).hasMessageContaining(why);
        });
    }
}
