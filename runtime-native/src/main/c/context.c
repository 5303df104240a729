#define _GNU_SOURCE
#include "context.h"

#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(n) (1u << (n))

/* Register state the operating system saves: SSE and AVX, or also the AVX-512 masks and upper halves. */
#define STATE_AVX 0x06u
#define STATE_AVX512 0xe6u
#define STATE_AMX 0x60000u
/* arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA); older C libraries have no names for them. */
#define ARCH_REQUEST_STATE 0x1023
#define AMX_TILE_DATA 18

#define HUGE_PAGE (2u << 20)

static uint32_t saved_state(void) {
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int has_avx2(uint32_t ecx1, uint32_t ebx7) {
    const uint32_t needed = BIT(12) | BIT(28) | BIT(29); /* FMA, AVX, F16C */
    return (ecx1 & needed) == needed && (ebx7 & BIT(5)) != 0;
}

static int has_avx512(uint32_t ebx7) {
    const uint32_t needed = BIT(16) | BIT(17) | BIT(30) | BIT(31); /* F, DQ, BW, VL */
    return (ebx7 & needed) == needed;
}

/* AMX-TILE, AMX-BF16 and AMX-INT8, and the system's leave to use tile registers, which Linux gives per process on request. */
static int has_amx(uint32_t edx7) {
    const uint32_t needed = BIT(22) | BIT(24) | BIT(25);
    return (edx7 & needed) == needed && (saved_state() & STATE_AMX) == STATE_AMX &&
           syscall(SYS_arch_prctl, ARCH_REQUEST_STATE, AMX_TILE_DATA) == 0;
}

/* What builds on AVX2; eax71: leaf 7, subleaf 1. */
static uint32_t above_avx2(uint32_t ebx7, uint32_t ecx7, uint32_t edx7, uint32_t eax71) {
    uint32_t isas = FT_ISA_AVX2 | ((eax71 & BIT(4)) != 0 ? FT_ISA_AVX2VNNI : 0);
    if (!has_avx512(ebx7) || (saved_state() & STATE_AVX512) != STATE_AVX512) {
        return isas;
    }
    isas |= FT_ISA_AVX512;
    if ((ecx7 & BIT(11)) == 0) {
        return isas;
    }
    isas |= FT_ISA_AVX512VNNI;
    if ((eax71 & BIT(5)) == 0) {
        return isas;
    }
    isas |= FT_ISA_AVX512BF16;
    return has_amx(edx7) ? isas | FT_ISA_AMX : isas;
}

uint32_t ft_isa_supported(void) {
    uint32_t eax, ebx, ecx, edx, ebx7, ecx7, edx7, ecx1, eax71;
    if (!__get_cpuid(1, &eax, &ebx, &ecx1, &edx) || (ecx1 & BIT(27)) == 0 || (saved_state() & STATE_AVX) != STATE_AVX) {
        return 0;
    }
    if (!__get_cpuid_count(7, 0, &eax, &ebx7, &ecx7, &edx7) || !has_avx2(ecx1, ebx7)) {
        return 0;
    }
    if (!__get_cpuid_count(7, 1, &eax71, &ebx, &ecx, &edx)) {
        eax71 = 0;
    }
    return above_avx2(ebx7, ecx7, edx7, eax71);
}

int32_t ft_version(void) {
    return FT_VERSION;
}

/* The table of exactly this ISA; null when this CPU does not have it. */
static const ft_kernel_table *base_table(uint32_t isa) {
    switch (isa & ft_isa_supported()) {
        case FT_ISA_AVX2:
        case FT_ISA_AVX2VNNI:
            return &ft_table__avx2;
        case FT_ISA_AVX512:
        case FT_ISA_AVX512VNNI:
        case FT_ISA_AVX512BF16:
        case FT_ISA_AMX:
            return &ft_table__avx512;
        default:
            return NULL;
    }
}

static void add_fast(ft_context *context, uint32_t isa) {
    if (isa == FT_ISA_AVX512BF16) {
        context->table.fast[FT_BF16] = ft_bf16dot__avx512bf16;
        context->table.fast[FT_FP8] = ft_fp8dot__avx512bf16;
        context->table.fast[FT_INT8] = ft_int8dot__avx512bf16;
    }
    if (isa == FT_ISA_AMX) {
        context->table.fast[FT_BF16] = ft_bf16amx__amx;
        /* where there is AMX, multiply-adds have two ports and the bf16 dot one: 140 GFLOP/s against 97 over 512 positions */
        context->table.latent[FT_BF16] = context->table.exact[FT_BF16];
        context->table.fast[FT_FP8] = ft_fp8amx__amx;
        context->table.attention[FT_BF16] = &ft_attention_bf16__amx;
        context->table.attention[FT_F16] = &ft_attention_f16__amx;
        context->table.attention[FT_INT8] = &ft_attention_int8__amx;
    }
}

static void add_quantized(ft_context *context, uint32_t isa) {
    context->quantized = isa == FT_ISA_AVX2       ? &ft_quantized__avx2
                         : isa == FT_ISA_AVX2VNNI ? &ft_quantized__avx2vnni
                         : isa == FT_ISA_AVX512   ? &ft_quantized__avx512
                                                  : &ft_quantized__avx512vnni;
    context->quantized_many = isa == FT_ISA_AMX ? &ft_quantized__amx : context->quantized;
}

ft_context *ft_open(uint32_t isa, int32_t threads, const int32_t *cpus) {
    const ft_kernel_table *table = base_table(isa);
    ft_context *context = table == NULL ? NULL : calloc(1, sizeof *context);
    if (context == NULL) {
        return NULL;
    }
    context->table = *table;
    add_fast(context, isa);
    add_quantized(context, isa);
    context->pool = ft_pool_create(threads, cpus);
    if (context->pool == NULL) {
        free(context);
        return NULL;
    }
    return context;
}

void ft_close(ft_context *context) {
    ft_pool_destroy(context->pool);
    free(context->scratch.memory);
    free(context->jobs.memory);
    free(context);
}

void ft_enter(ft_context *context) {
    ft_pool_enter(context->pool);
}

void ft_leave(ft_context *context) {
    ft_pool_leave(context->pool);
}

static void *room(ft_buffer *buffer, size_t bytes) {
    if (bytes > buffer->bytes) {
        size_t wanted = (bytes + bytes / 4 + 63) & ~(size_t)63;
        free(buffer->memory);
        buffer->memory = aligned_alloc(64, wanted);
        buffer->bytes = wanted;
        if (buffer->memory == NULL) {
            fprintf(stderr, "foretoken: no memory for %zu bytes of kernel scratch\n", wanted);
            abort();
        }
    }
    return buffer->memory;
}

void *ft_scratch(ft_context *context, size_t bytes) {
    return room(&context->scratch, bytes);
}

void *ft_jobs(ft_context *context, size_t bytes) {
    return room(&context->jobs, bytes);
}

/* Bytes in whole pages: what a mapping of them takes. */
static size_t whole_pages(int64_t bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return ((size_t)bytes + page - 1) & ~(page - 1);
}

void *ft_map(int64_t bytes) {
    size_t length = whole_pages(bytes);
    char *mapped = mmap(NULL, length + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) {
        return NULL;
    }
    size_t before = (HUGE_PAGE - (uintptr_t)mapped % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0) {
        munmap(mapped, before);
    }
    munmap(mapped + before + length, HUGE_PAGE - before);
    madvise(mapped + before, length, MADV_HUGEPAGE);
    return mapped + before;
}

void ft_unmap(void *start, int64_t bytes) {
    munmap(start, whole_pages(bytes));
}
