package dev.foretoken.app.local;

import dev.foretoken.app.config.EngineSettings;
import dev.foretoken.app.config.ModelLocation;
import dev.foretoken.app.config.ModelMount;
import dev.foretoken.app.engine.EngineHost;
import dev.foretoken.app.engine.TextFiles;
import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.answer.AnswerLimits;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerPlanner;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.Answers;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.metrics.AnswerMetrics;
import dev.foretoken.gateway.model.ChatRenderer.ChatInput;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.EngineRouter;
import dev.foretoken.gateway.routing.RoutedCalls;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A model that is ready to answer in this process. */
public final class LocalModel implements AutoCloseable {

    private final SchedulerHost host;
    private final ServedModel model;
    private final Answers answers;

    private LocalModel(SchedulerHost host, ServedModel model, Answers answers) {
        this.host = host;
        this.model = model;
        this.answers = answers;
    }

    /** Loads the model, showing how far it is. */
    public static LocalModel open(ModelMount mount, EngineSettings settings) {
        ModelLocation locations = ModelLocation.ofProcess();
        SchedulerHost host = EngineHost.start(settings, Telemetry.NONE);
        try (ProgressBar progress = ProgressBar.onStderr()) {
            ServedModel model =
                    new TextFiles(locations).serve(mount, EngineSet.of(List.of(new EngineEndpoint("local", host))));
            host.load(locations.source(mount), settings.runtime(mount, locations), progress);
            return new LocalModel(host, model, answers());
        } catch (RuntimeException e) {
            host.close();
            throw e;
        }
    }

    private static Answers answers() {
        RandomGenerator random = RandomGenerator.getDefault();
        return new Answers(
                new AnswerPlanner(AnswerLimits.DEFAULT, random::nextLong),
                RoutedCalls.of(new EngineRouter()),
                System::nanoTime,
                new AnswerMetrics.Factory(Telemetry.NONE));
    }

    public boolean hasChat() {
        return model.chat().isPresent();
    }

    /** Continues a text as it is. */
    public AnswerStream complete(String text, AnswerOptions options) {
        return open(new PromptInput.Text(text), options);
    }

    /** Answers the last of {@code messages}, each with {@code role} and {@code content}. */
    public AnswerStream chat(List<Map<String, Object>> messages, AnswerOptions options) {
        String text = model.requireChat().render(new ChatInput(messages, List.of(), true, Map.of()));
        return open(new PromptInput.RenderedChat(text), options);
    }

    private AnswerStream open(PromptInput prompt, AnswerOptions options) {
        long now = answers.now();
        AnswerPlan plan = answers.plan(options.spec(prompt), model, "local-" + now, Tenant.of(""));
        return answers.open(plan, now);
    }

    @Override
    public void close() {
        host.close();
    }
}
