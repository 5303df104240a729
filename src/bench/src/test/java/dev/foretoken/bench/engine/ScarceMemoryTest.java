package dev.foretoken.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole engine with hardly any memory: whoever had blocks and slots before, and whoever loses them, answers are those of one request alone. */
@Timeout(300)
class ScarceMemoryTest {
    private static final int PROMPT = 70;
    private static final int ANSWER = 150;

    /** From the least memory up, until it lets several run that cannot all stay. */
    @ParameterizedTest
    @ValueSource(strings = {"bamba-f32", "jamba-f32", "falcon-h1-f32"})
    void answersAsAloneWhenBlocksRunOut(String model) throws InterruptedException {
        List<GenerationRequest> requests = new ArrayList<>();
        List<String> alone = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            requests.add(Answers.request(i, PROMPT + i, ANSWER, Priority.NORMAL));
            alone.add(Answers.alone(model, requests.get(i)));
        }
        long preempted = 0;
        long bytes = leastBytes(model);
        for (int sizes = 0; sizes < 10 && preempted == 0; sizes++, bytes += bytes / 4) {
            try (SchedulerHost host = Answers.host(model, 4, bytes)) {
                List<Generation> generations =
                        requests.stream().map(host::submit).toList();
                for (int i = 0; i < requests.size(); i++) {
                    assertThat(Answers.bits(generations.get(i), Integer.MAX_VALUE))
                            .as("request %d, %d bytes", i, bytes)
                            .isEqualTo(alone.get(i));
                }
                preempted = preemptions(host);
            }
        }
        assertThat(preempted).isPositive();
    }

    /** Until urgent requests come while the others still run: on a busy machine these can be done before. */
    @ParameterizedTest
    @ValueSource(strings = {"mamba-f32", "mamba2-groups-f32", "bamba-f32", "jamba-f32", "gemma3-mixed", "gpt-oss-f32"})
    void answersAsAloneWhenUrgentRequestsTakeItsPlace(String model) throws InterruptedException {
        List<GenerationRequest> requests = new ArrayList<>();
        List<String> alone = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            requests.add(Answers.request(i, PROMPT, ANSWER, i < 2 ? Priority.LOW : Priority.HIGH));
            alone.add(Answers.alone(model, requests.get(i)));
        }
        long preempted = 0;
        for (int tries = 0; tries < 20 && preempted == 0; tries++) {
            try (SchedulerHost host = Answers.host(model, 2, 0)) {
                List<Generation> generations = new ArrayList<>();
                List<String> begun = new ArrayList<>();
                for (int i = 0; i < requests.size(); i++) {
                    generations.add(host.submit(requests.get(i)));
                    begun.add(Answers.bits(generations.get(i), i < 2 ? 5 : 0));
                }
                for (int i = 0; i < requests.size(); i++) {
                    assertThat(begun.get(i) + Answers.bits(generations.get(i), Integer.MAX_VALUE))
                            .as("request %d", i)
                            .isEqualTo(alone.get(i));
                }
                preempted = preemptions(host);
            }
        }
        assertThat(preempted).isPositive();
    }

    /** The one slot goes from request to request. */
    @ParameterizedTest
    @ValueSource(strings = {"mamba-f32", "mamba2-groups-f32", "bamba-f32", "jamba-f32", "falcon-h1-f32"})
    void aRequestReadsNothingOfTheStateOfTheOneBefore(String model) throws InterruptedException {
        try (SchedulerHost host = Answers.host(model, 1, 0)) {
            for (int i = 0; i < 3; i++) {
                GenerationRequest request = Answers.request(i, PROMPT / 2, 12, Priority.NORMAL);
                assertThat(Answers.bits(host, request)).as("request %d", i).isEqualTo(Answers.alone(model, request));
            }
        }
    }

    /** That a sequence of the whole context takes. */
    private static long leastBytes(String model) {
        for (long bytes = 64 << 10; ; bytes += bytes / 4) {
            try {
                Answers.host(model, 4, bytes).close();
                return bytes;
            } catch (ForetokenException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY);
            }
        }
    }

    private static long preemptions(SchedulerHost host) {
        return host.report().models().getFirst().counters().preemptions();
    }
}
