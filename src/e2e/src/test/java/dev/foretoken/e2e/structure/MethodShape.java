package dev.foretoken.e2e.structure;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** How long a method is, from its first to its last line, and how many parameters it takes; read with the compiler's own parser. */
record MethodShape(String where, int lines, int parameters) {

    static List<MethodShape> of(List<Path> files) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<Path> absolute = files.stream().map(SourceTree.root()::resolve).toList();
            JavacTask task = (JavacTask)
                    compiler.getTask(null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(absolute));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            List<MethodShape> found = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                new Scanner(unit, positions, found).scan(unit, null);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Collects the methods of one file; constructors that a record writes itself are not methods. */
    private static final class Scanner extends TreePathScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<MethodShape> found;

        Scanner(CompilationUnitTree unit, SourcePositions positions, List<MethodShape> found) {
            this.unit = unit;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public Void visitMethod(MethodTree method, Void ignored) {
            if (!isRecordConstructor(method)) {
                found.add(shape(method));
            }
            return super.visitMethod(method, ignored);
        }

        private boolean isRecordConstructor(MethodTree method) {
            return getCurrentPath().getParentPath().getLeaf() instanceof ClassTree owner
                    && owner.getKind() == Tree.Kind.RECORD
                    && method.getReturnType() == null;
        }

        private MethodShape shape(MethodTree method) {
            LineMap map = unit.getLineMap();
            long first = map.getLineNumber(positions.getStartPosition(unit, method));
            long last = map.getLineNumber(positions.getEndPosition(unit, method));
            String file = unit.getSourceFile().getName();
            return new MethodShape(
                    file + ":" + first + " " + method.getName(),
                    (int) (last - first + 1),
                    method.getParameters().size());
        }
    }
}
