package dev.foretoken.gateway.call;

import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerSpec;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.openai.ChatFormat;
import dev.foretoken.gateway.openai.ChatRequest;
import dev.foretoken.gateway.openai.CompletionFormat;
import dev.foretoken.gateway.openai.CompletionRequest;
import dev.foretoken.gateway.openai.PrefillHeaders;
import dev.foretoken.gateway.openai.ReplyFormat;
import dev.foretoken.gateway.openai.ReplyHead;
import dev.foretoken.gateway.rollout.Lead;
import dev.foretoken.gateway.rollout.RolloutCall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** From the body of one of OpenAI's answer routes to the plans of its answers. Blocks the request's thread while its model is waited for. */
public final class AnswerCalls {

    private final Call call;
    private final Gateway gateway;
    private final String id;

    public AnswerCalls(Call call) {
        this.call = call;
        this.gateway = call.gateway();
        this.id = gateway.newId();
    }

    /** @throws dev.foretoken.contract.ForetokenException for a body that cannot be answered */
    public AnswerCall completion(JsonFields body) throws InterruptedException {
        CompletionRequest request = CompletionRequest.read(
                body, PrefillHeaders.read(call::header), gateway.config().http().maxPrompts());
        Lead lead = lead(request.model(), body, false);
        ServedModel model = lead.model();
        List<AnswerPlan> plans = new ArrayList<>();
        for (PromptInput prompt : request.prompts()) {
            plans.add(plan(request.spec().withPrompt(prompt), model, plans.size()));
        }
        List<TokenIds> prompts =
                plans.stream().map(p -> p.generation().prompt().tokens()).toList();
        ReplyFormat format = new CompletionFormat(head("cmpl-", model), request, model, prompts);
        return new AnswerCall(call, plans, request.reply(), format, lead::follow);
    }

    /** @throws dev.foretoken.contract.ForetokenException for a body that cannot be answered */
    public AnswerCall chat(JsonFields body) throws InterruptedException {
        ChatRequest request = ChatRequest.read(body, PrefillHeaders.read(call::header));
        Lead lead = lead(request.model(), body, request.prepareNextTurn());
        ServedModel model = lead.model();
        gateway.nextTurns().arrived(call.caller().tenant(), model, request.chat());
        PromptInput prompt = new PromptInput.RenderedChat(model.requireChat().render(request.chat()));
        AnswerPlan plan = plan(request.spec().withPrompt(prompt), model, 0);
        TokenIds tokens = plan.generation().prompt().tokens();
        ReplyFormat format = new ChatFormat(head("chatcmpl-", model), request, model, tokens);
        return new AnswerCall(
                call, List.of(plan), request.reply(), format, following(request).andThen(lead::follow));
    }

    /** @param bound whether the answer's next turn is prepared where it is answered */
    private Lead lead(String model, JsonFields body, boolean bound) throws InterruptedException {
        RolloutCall.Headers headers = call::header;
        return gateway.rollouts()
                .lead(
                        call.require(model),
                        new RolloutCall(
                                call.requestId(),
                                call.caller().tenant(),
                                body.bool(RolloutCall.CONSENT_FIELD, RolloutCall.consents(headers)),
                                bound,
                                headers,
                                call.arrivedAt()));
    }

    private Consumer<AnswerStream> following(ChatRequest request) {
        if (!request.prepareNextTurn()) {
            return answer -> {};
        }
        gateway.nextTurns().requireOffered();
        return answer -> gateway.nextTurns().follow(answer, request.chat());
    }

    private AnswerPlan plan(AnswerSpec spec, ServedModel model, int prompt) {
        String requestId = prompt == 0 ? id : id + "-" + prompt;
        return gateway.answers().plan(spec, model, requestId, call.caller().account());
    }

    private ReplyHead head(String prefix, ServedModel model) {
        long created = gateway.clocks().wall().instant().getEpochSecond();
        return new ReplyHead(
                prefix + id,
                created,
                model.publicName(),
                () -> model.requireInfo().numericsId());
    }
}
