package dev.foretoken.gateway.rollout;

import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.GatewayConfig;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerSpec;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.OutputSpec;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.answer.SamplingSpec;
import dev.foretoken.gateway.answer.ServiceSpec;
import dev.foretoken.gateway.answer.StopSpec;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.model.ServedVariant;
import dev.foretoken.gateway.model.VariantMerit;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.routing.variant.VariantRollout;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The alias toy:prod of toy@1/base beside toy@1/int4, each in an engine of its own, over given time. */
final class ToyVariants {

    static final String ALIAS = "toy:prod";
    static final VariantMerit BASE = new VariantMerit("cpu", 1, 100, 10);
    static final VariantMerit CHEAPER = new VariantMerit("cpu", 0.95, 200, 20);

    final AtomicLong now = new AtomicLong();
    final FakeEngine base = new FakeEngine("toy@1/base", 1000);
    final FakeEngine int4 = new FakeEngine("toy@1/int4", 1000);
    private final ModelCatalog catalog = new ModelCatalog();
    private final Gateway gateway = new Gateway(
            GatewayConfig.DEFAULT,
            catalog,
            new PrometheusTelemetry(now::get),
            new Gateway.Clocks(InstantSource.system(), now::get),
            RandomGenerator.of("SplittableRandom"));

    ToyVariants() {
        serve(base, ALIAS, "toy@1/base", BASE);
        serve(int4, "toy@1/int4", "toy@1/int4", CHEAPER);
    }

    void serve(FakeEngine engine, String name, String variant, @Nullable VariantMerit merit) {
        catalog.put(Models.tokensOnly(name, engine)
                .as(
                        name,
                        new ServedVariant(
                                variant,
                                ServedVariant.Kind.VARIANT,
                                Optional.empty(),
                                "",
                                Optional.ofNullable(merit))));
    }

    Rollouts rollouts(VariantRollout rule, Executor shadows) {
        return new Rollouts(List.of(rule), catalog, Telemetry.NONE, now::get, shadows);
    }

    /** With the threads that a gateway gives to shadows. */
    Rollouts rollouts(VariantRollout rule) {
        gateway.rollOut(List.of(rule));
        return gateway.rollouts();
    }

    static LoadReport waiting(String model, int sequences) {
        return new LoadReport(List.of(new ModelLoad(model, sequences, 1, 16, 100, 10, LoadCounters.ZERO)), 0, 0, false);
    }

    Lead lead(Rollouts rollouts, String id, boolean consents, boolean bound) {
        return rollouts.lead(
                catalog.require(ALIAS), new RolloutCall(id, "tenant", consents, bound, name -> null, now.get()));
    }

    /** Has an engine take a request of {@code lead} for so many tokens, and tells the lead. */
    AnswerStream open(Lead lead, String id, long tokens) {
        ServedModel model = lead.model();
        AnswerPlan plan = gateway.answers()
                .plan(
                        new AnswerSpec(
                                new PromptInput.Tokens(TokenIds.of(1, 2, 3)),
                                null,
                                SamplingSpec.DEFAULT,
                                StopSpec.afterTokens(tokens),
                                OutputSpec.TEXT_ONLY,
                                new ServiceSpec(Priority.NORMAL, null, "")),
                        model,
                        id,
                        Tenant.of("tenant"));
        AnswerStream answer = gateway.answers().open(plan, now.get());
        lead.follow(answer);
        return answer;
    }
}
