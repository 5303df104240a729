package dev.foretoken.e2e.clock.agent;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.nio.charset.StandardCharsets;
import java.security.ProtectionDomain;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has every class that reads the clock read {@link ShiftedTime}: those of the server and of its libraries, and of the JDK those by which others read
 * it. The JDK's own timers are left alone: they hand absolute times to the kernel, whose clock does not jump.
 */
final class TimeCalls implements ClassFileTransformer {

    private static final String CLOCK = "java/time/Clock";
    private static final Set<String> OF_THE_JDK =
            Set.of(CLOCK, "java/time/Clock$SystemClock", "java/time/Clock$SystemInstantSource", "java/util/Date");
    private static final String OWN = "dev/foretoken/e2e/clock/agent/";

    private static final String CALLED = "currentTimeMillis";
    /** Where {@link java.time} looks, by a call of the virtual machine. */
    private static final String RETURNING = "currentInstant";

    private static final ClassDesc SHIFTED = ClassDesc.of(ShiftedTime.class.getName());
    private static final ClassDesc INSTANT = ClassDesc.of("java.time.Instant");
    private static final CodeTransform BEHIND_CALLS = (code, element) -> {
        code.with(element);
        if (isCall(element)) {
            code.invokestatic(SHIFTED, "millis", MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long));
        }
    };
    private static final CodeTransform BEFORE_RETURN = (code, element) -> {
        if (element instanceof ReturnInstruction) {
            code.invokestatic(SHIFTED, "instant", MethodTypeDesc.of(INSTANT, INSTANT));
        }
        code.with(element);
    };

    /** Of a class that is loaded: whether it is to be transformed again. */
    static boolean reads(Class<?> loaded) {
        String name = loaded.getName().replace('.', '/');
        if (!isAsked(loaded.getClassLoader(), name)) {
            return false;
        }
        ClassLoader loader = loaded.getClassLoader();
        try (InputStream bytes = loader == null ? null : loader.getResourceAsStream(name + ".class")) {
            return loader == null || bytes != null && mentions(bytes.readAllBytes());
        } catch (IOException e) {
            return false; // A class without a file, which was made while the process ran.
        }
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String name,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] bytes) {
        return name != null && isAsked(loader, name) && mentions(bytes) ? transformed(loader, bytes) : null;
    }

    private static boolean isAsked(@Nullable ClassLoader loader, String name) {
        boolean isOfTheJdk = loader == null || loader == ClassLoader.getPlatformClassLoader();
        return isOfTheJdk ? OF_THE_JDK.contains(name) : !name.startsWith(OWN);
    }

    /** Names are stored as they are: most classes need not be parsed. */
    private static boolean mentions(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.contains(CALLED) || text.contains(RETURNING);
    }

    private static byte[] transformed(@Nullable ClassLoader loader, byte[] bytes) {
        ClassHierarchyResolver classes = ClassHierarchyResolver.defaultResolver();
        ClassFile format = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                loader == null
                        ? classes
                        : ClassHierarchyResolver.ofResourceParsing(loader).orElse(classes)));
        ClassModel model = format.parse(bytes);
        boolean isClock = model.thisClass().asInternalName().equals(CLOCK);
        return format.transformClass(model, transform(isClock));
    }

    private static ClassTransform transform(boolean isClock) {
        return (builder, element) -> {
            if (isClock
                    && element instanceof MethodModel method
                    && method.methodName().equalsString(RETURNING)) {
                builder.transformMethod(method, MethodTransform.transformingCode(BEFORE_RETURN));
            } else if (element instanceof MethodModel method && calls(method)) {
                builder.transformMethod(method, MethodTransform.transformingCode(BEHIND_CALLS));
            } else {
                builder.with(element);
            }
        };
    }

    private static boolean calls(MethodModel method) {
        return method.code().stream().flatMap(code -> code.elementStream()).anyMatch(TimeCalls::isCall);
    }

    private static boolean isCall(CodeElement element) {
        return element instanceof InvokeInstruction call
                && call.owner().asInternalName().equals("java/lang/System")
                && call.name().equalsString(CALLED);
    }
}
