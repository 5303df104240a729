package dev.foretoken.gateway.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{{ 'a' | nofilter }} ; the filter 'nofilter' is unknown",
                "{{ 'a' is notest }} ; the test 'notest' is unknown",
                "{{ 'a'.nomethod() }} ; a str has no 'nomethod'",
                "{{ nothing() }} ; 'nothing' is undefined",
                "{{ nothing.of.it }} ; 'nothing' is undefined",
                "{{ 1 + 'a' }} ; '+' does not combine an int and a str",
                "{{ 1 // 0 }} ; a division by zero",
                "{{ 1 < 'a' }} ; an int and a str have no order",
                "{% for x in 3 %}{% endfor %} ; a loop over an int is not possible",
                "{{ messages.append(1) }} ; a template cannot change a list, 'append' is not allowed",
                "{{ {}.update({}) }} ; a template cannot change a dict, 'update' is not allowed",
                "{% include 'x' %} ; 'include' refers to another template, a chat template stands alone",
                "{% set nothing.a = 1 %} ; 'nothing.a' cannot be set, 'nothing' is no namespace, make one with namespace()",
            })
    void saysWhatWentWrongAndInWhichLine(String template, String sentence) {
        assertFails("\n\n" + template, "The chat template failed in line 3: " + sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{% if x %} ; found the end of the template, expected '{% endif %}'",
                "{{ 1 + }} ; found '}}', expected an expression",
                "{{ 'a ; a string has no end, expected '",
                "{{ a ; a tag has no end, expected '}}'",
                "{# a ; a comment has no end, expected '#}'",
                "{% nosuchtag %} ; the tag 'nosuchtag' is unknown",
                "{% break %} ; 'break' stands outside a loop",
                "{{ 1 ? 2 }} ; '?' has no meaning in an expression",
                "{% endif %} ; the tag 'endif' is unknown",
            })
    void saysWhereATemplateCannotBeRead(String template, String sentence) {
        assertThatThrownBy(() -> ChatTemplate.compile("\n" + template))
                .hasMessage("The chat template failed in line 2: " + sentence);
    }

    @Test
    void givesTheTemplatesOwnSentenceWithoutAddingToIt() {
        assertFails("{{ raise_exception('Roles must alternate') }}", "Roles must alternate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "messages",
                "tokenize",
                "tools",
                "documents",
                "add_generation_prompt",
                "bos_token",
                "chat_template",
                "raise_exception",
                "namespace",
                "loop"
            })
    void refusesArgumentsThatWouldReplaceWhatTheServerProvides(String name) {
        ChatTemplate template = ChatTemplate.compile("{{ " + name + " }}");
        ChatTemplateContext plain = TemplateData.of(Map.of()).context();
        ChatTemplateContext context = new ChatTemplateContext(
                plain.messages(), null, null, true, Map.of(), Map.of(name, "mine"), plain.now());
        assertThatThrownBy(() -> template.render(context)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(e.param()).contains("chat_template_kwargs");
            assertThat(e).hasMessageContaining("'" + name + "'");
        });
    }

    @Test
    void givesTheTemplateTheArgumentsItNames() {
        assertThat(render(
                        "{{ enable_thinking }} {{ effort }}",
                        Map.of("enable_thinking", false, "unnamed", new Object())))
                .isEqualTo("False ");
    }

    @Test
    void refusesTooManyArguments() {
        Map<String, Object> many = new HashMap<>();
        for (int i = 0; i < 65; i++) {
            many.put("a" + i, i);
        }
        assertThatThrownBy(() -> render("", many))
                .hasMessage("chat_template_kwargs has 65 entries, at most 64 are allowed");
    }

    @Test
    void refusesDataThatIsNotJson() {
        assertThatThrownBy(() -> render("{{ x }}", Map.of("x", new Object())))
                .hasMessageContaining("the data holds Object, expected JSON");
    }

    @Test
    void reachesNoJavaObjectAndNoPythonInside() {
        for (String expression : List.of(
                "''.__class__",
                "''.getClass()",
                "messages.getClass()",
                "''.__class__.__mro__",
                "{}.__class__",
                "range.__globals__",
                "namespace.__init__",
                "''|attr('__class__')",
                "'{0.__class__}'.format('')",
                "x.class.forName('java.lang.Runtime')",
                "messages.stream()")) {
            String out;
            try {
                out = render("{{ " + expression + " }}", Map.of("x", "text"));
            } catch (ForetokenException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_FAILED);
                continue;
            }
            assertThat(out).as(expression).isEmpty();
        }
    }

    @Test
    void rendersTheSameForManyThreadsAtOnce() throws Exception {
        ChatTemplate template = ChatTemplate.compile(
                "{% set ns = namespace(t='') %}{% for m in messages %}{% set ns.t = ns.t ~ m.role %}{% endfor %}{{ ns.t }}");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                Map<String, Object> data = Map.of("messages", List.of(Map.of("role", "r" + i)));
                answers.add(threads.submit(
                        () -> template.render(TemplateData.of(data).context())));
            }
            for (int i = 0; i < 500; i++) {
                assertThat(answers.get(i).get(2, TimeUnit.MINUTES)).isEqualTo("r" + i);
            }
        }
    }

    private static String render(String source, Map<String, Object> variables) {
        return ChatTemplate.compile(source).render(TemplateData.of(variables).context());
    }

    private static void assertFails(String source, String message) {
        assertThatThrownBy(() -> render(source, Map.of()))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_FAILED))
                .hasMessage(message);
    }
}
