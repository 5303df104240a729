package dev.foretoken.gateway.answer;

import static dev.foretoken.gateway.answer.FieldCheck.integer;

import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.tenant.Tenant;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Checks an {@link AnswerSpec} against every range and the model's context, and turns it into what an engine takes. The same checks and
 * messages for every protocol.
 */
public final class AnswerPlanner {

    private final AnswerLimits limits;
    private final SamplingCheck sampling;
    private final StopCheck stop;
    private final PrefillCheck prefill;

    /** @param seeds where the seed of a request comes from whose caller named none */
    public AnswerPlanner(AnswerLimits limits, LongSupplier seeds) {
        this.limits = limits;
        this.sampling = new SamplingCheck(limits, seeds);
        this.stop = new StopCheck(limits);
        this.prefill = new PrefillCheck(limits);
    }

    public AnswerLimits limits() {
        return limits;
    }

    /**
     * @param requestId unique among all requests
     * @param tenant of the authenticated caller; its weight is the request's, and its ceiling bounds the priority
     * @throws dev.foretoken.contract.ForetokenException INVALID_REQUEST naming the field, CONTEXT_LENGTH_EXCEEDED, MODEL_LOADING,
     *     UNSUPPORTED_FEATURE
     */
    public AnswerPlan plan(AnswerSpec spec, ServedModel model, String requestId, Tenant tenant) {
        model.require(ModelTask.GENERATE);
        ModelInfo info = model.requireInfo();
        int choices = integer("n", spec.choices(), 1, 1, limits.maxChoices());
        OutputOptions output = output(spec.output());
        Duration timeout = timeout(spec.service());
        var samplingParams = sampling.check(spec.sampling(), info);
        TokenIds prompt = new PromptTokens(model, info).of(spec.prompt());
        var stopConditions = stop.check(
                spec.stop(), model, prompt.size(), info, spec.output().echo() || output.wantsPromptLogprobs());
        PrefillOptions prefillOptions = prefill.options(spec.prefill(), model, output);
        GenerationRequest generation = new GenerationRequest(
                new RequestIdentity(requestId, tenant.id(), spec.service().cacheSalt()),
                model.engineModel(),
                Prompt.of(prompt),
                choices,
                samplingParams,
                stopConditions,
                output,
                tenant.serve(new ServiceLevel(
                        spec.service().priority(), Optional.of(timeout), prefill.objective(spec.prefill(), model))),
                new ModelOptions(prefillOptions, Optional.empty(), model.adapter()));
        return new AnswerPlan(
                generation,
                model,
                spec.stop().strings(),
                spec.stop().includeString(),
                spec.output().skipSpecialTokens(),
                timeout);
    }

    private OutputOptions output(OutputSpec spec) {
        int max = limits.maxLogprobs();
        return new OutputOptions(
                integer(spec.topLogprobsField(), spec.topLogprobs(), OutputOptions.OFF, 0, max),
                integer("prompt_logprobs", spec.promptLogprobs(), OutputOptions.OFF, 0, max),
                false);
    }

    private Duration timeout(ServiceSpec spec) {
        Duration asked = spec.timeout();
        if (asked == null) {
            return limits.maxTimeout();
        }
        if (asked.isNegative() || asked.isZero() || asked.compareTo(limits.maxTimeout()) > 0) {
            throw FieldCheck.outside(
                    "timeout",
                    asked.toMillis() + " ms",
                    "in [1, " + limits.maxTimeout().toMillis() + "] ms");
        }
        return asked;
    }
}
