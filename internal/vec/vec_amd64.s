#include "textflag.h"

// LOADTABLE loads the fields of the table at R11: bytes of a row to DX, rows to R10,
// the next index to R8, the next value to R9, and their number to CX.
#define LOADTABLE(w) \
	MOVQ (R11), w;     \
	MOVQ 8(R11), DX;   \
	SHLQ $3, DX;       \
	MOVQ 16(R11), R10; \
	MOVQ 24(R11), R8;  \
	MOVQ 32(R11), R9;  \
	MOVQ 40(R11), CX

// STEP goes on to the next index; afterwards ZF says whether it was the last one.
#define STEP \
	ADDQ $4, R8; \
	ADDQ $8, R9; \
	DECQ CX

// func addRowsStrip(dst *float64, t *table) (ok bool)
TEXT ·addRowsStrip(SB), NOSPLIT, $0-17
	MOVQ    dst+0(FP), DI
	MOVQ    t+8(FP), R11
	LOADTABLE(SI)
	VMOVUPD (DI), Y0
	VMOVUPD 32(DI), Y1
	VMOVUPD 64(DI), Y2
	VMOVUPD 96(DI), Y3

next:
	MOVLQSX      (R8), AX
	CMPQ         AX, R10
	JCC          outside
	IMULQ        DX, AX
	VBROADCASTSD (R9), Y4
	VMULPD       (SI)(AX*1), Y4, Y5
	VMULPD       32(SI)(AX*1), Y4, Y6
	VMULPD       64(SI)(AX*1), Y4, Y7
	VMULPD       96(SI)(AX*1), Y4, Y8
	VADDPD       Y5, Y0, Y0
	VADDPD       Y6, Y1, Y1
	VADDPD       Y7, Y2, Y2
	VADDPD       Y8, Y3, Y3
	STEP
	JNZ          next

	VMOVUPD Y0, (DI)
	VMOVUPD Y1, 32(DI)
	VMOVUPD Y2, 64(DI)
	VMOVUPD Y3, 96(DI)
	VZEROUPPER
	MOVB    $1, ok+16(FP)
	RET

outside:
	VZEROUPPER
	MOVB $0, ok+16(FP)
	RET

// func addRowsMasked(dst *float64, t *table) (ok bool)
TEXT ·addRowsMasked(SB), NOSPLIT, $0-17
	MOVQ    dst+0(FP), DI
	MOVQ    t+8(FP), R11
	LOADTABLE(SI)
	MOVQ    48(R11), BX
	VMOVUPD (DI), Y0
	VMOVUPD 32(DI), Y1
	VMOVUPD 64(DI), Y2
	VMOVUPD 96(DI), Y3
	VMOVUPD (BX), Y12
	VMOVUPD 32(BX), Y13
	VMOVUPD 64(BX), Y14
	VMOVUPD 96(BX), Y15

nextMasked:
	MOVLQSX      (R8), AX
	CMPQ         AX, R10
	JCC          outsideMasked
	IMULQ        DX, AX
	VBROADCASTSD (R9), Y4
	VMASKMOVPD   (SI)(AX*1), Y12, Y5
	VMASKMOVPD   32(SI)(AX*1), Y13, Y6
	VMASKMOVPD   64(SI)(AX*1), Y14, Y7
	VMASKMOVPD   96(SI)(AX*1), Y15, Y8
	VMULPD       Y5, Y4, Y5
	VMULPD       Y6, Y4, Y6
	VMULPD       Y7, Y4, Y7
	VMULPD       Y8, Y4, Y8
	VADDPD       Y5, Y0, Y0
	VADDPD       Y6, Y1, Y1
	VADDPD       Y7, Y2, Y2
	VADDPD       Y8, Y3, Y3
	STEP
	JNZ          nextMasked

	VMOVUPD Y0, (DI)
	VMOVUPD Y1, 32(DI)
	VMOVUPD Y2, 64(DI)
	VMOVUPD Y3, 96(DI)
	VZEROUPPER
	MOVB    $1, ok+16(FP)
	RET

outsideMasked:
	VZEROUPPER
	MOVB $0, ok+16(FP)
	RET

// func addOuterStrip(src *float64, t *table) (ok bool)
TEXT ·addOuterStrip(SB), NOSPLIT, $0-17
	MOVQ src+0(FP), SI
	MOVQ t+8(FP), R11
	LOADTABLE(DI)
	MOVQ 56(R11), BX
	CMPQ BX, $16
	JEQ  load16
	CMPQ BX, $8
	JEQ  load8
	CMPQ BX, $4
	JEQ  load4
	CMPQ BX, $2
	JEQ  load2

	VMOVSD (SI), X0

next1:
	MOVLQSX (R8), AX
	CMPQ    AX, R10
	JCC     outsideOuter
	IMULQ   DX, AX
	VMOVSD  (R9), X4
	VMULSD  X0, X4, X5
	VADDSD  (DI)(AX*1), X5, X5
	VMOVSD  X5, (DI)(AX*1)
	STEP
	JNZ     next1
	MOVB    $1, ok+16(FP)
	RET

load2:
	VMOVUPD (SI), X0

next2:
	MOVLQSX  (R8), AX
	CMPQ     AX, R10
	JCC      outsideOuter
	IMULQ    DX, AX
	VMOVDDUP (R9), X4
	VMULPD   X0, X4, X5
	VADDPD   (DI)(AX*1), X5, X5
	VMOVUPD  X5, (DI)(AX*1)
	STEP
	JNZ      next2
	MOVB     $1, ok+16(FP)
	RET

load4:
	VMOVUPD (SI), Y0

next4:
	MOVLQSX      (R8), AX
	CMPQ         AX, R10
	JCC          outsideOuter
	IMULQ        DX, AX
	VBROADCASTSD (R9), Y4
	VMULPD       Y0, Y4, Y5
	VADDPD       (DI)(AX*1), Y5, Y5
	VMOVUPD      Y5, (DI)(AX*1)
	STEP
	JNZ          next4
	VZEROUPPER
	MOVB         $1, ok+16(FP)
	RET

load8:
	VMOVUPD (SI), Y0
	VMOVUPD 32(SI), Y1

next8:
	MOVLQSX      (R8), AX
	CMPQ         AX, R10
	JCC          outsideOuter
	IMULQ        DX, AX
	VBROADCASTSD (R9), Y4
	VMULPD       Y0, Y4, Y5
	VMULPD       Y1, Y4, Y6
	VADDPD       (DI)(AX*1), Y5, Y5
	VADDPD       32(DI)(AX*1), Y6, Y6
	VMOVUPD      Y5, (DI)(AX*1)
	VMOVUPD      Y6, 32(DI)(AX*1)
	STEP
	JNZ          next8
	VZEROUPPER
	MOVB         $1, ok+16(FP)
	RET

load16:
	VMOVUPD (SI), Y0
	VMOVUPD 32(SI), Y1
	VMOVUPD 64(SI), Y2
	VMOVUPD 96(SI), Y3

next16:
	MOVLQSX      (R8), AX
	CMPQ         AX, R10
	JCC          outsideOuter
	IMULQ        DX, AX
	VBROADCASTSD (R9), Y4
	VMULPD       Y0, Y4, Y5
	VMULPD       Y1, Y4, Y6
	VMULPD       Y2, Y4, Y7
	VMULPD       Y3, Y4, Y8
	VADDPD       (DI)(AX*1), Y5, Y5
	VADDPD       32(DI)(AX*1), Y6, Y6
	VADDPD       64(DI)(AX*1), Y7, Y7
	VADDPD       96(DI)(AX*1), Y8, Y8
	VMOVUPD      Y5, (DI)(AX*1)
	VMOVUPD      Y6, 32(DI)(AX*1)
	VMOVUPD      Y7, 64(DI)(AX*1)
	VMOVUPD      Y8, 96(DI)(AX*1)
	STEP
	JNZ          next16
	VZEROUPPER
	MOVB         $1, ok+16(FP)
	RET

outsideOuter:
	VZEROUPPER
	MOVB $0, ok+16(FP)
	RET

// func add(dst, src *float64, n int)
// n is a multiple of 4.
TEXT ·add(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX

add16:
	CMPQ    CX, $16
	JLT     add4
	VMOVUPD (DI), Y0
	VMOVUPD 32(DI), Y1
	VMOVUPD 64(DI), Y2
	VMOVUPD 96(DI), Y3
	VADDPD  (SI), Y0, Y0
	VADDPD  32(SI), Y1, Y1
	VADDPD  64(SI), Y2, Y2
	VADDPD  96(SI), Y3, Y3
	VMOVUPD Y0, (DI)
	VMOVUPD Y1, 32(DI)
	VMOVUPD Y2, 64(DI)
	VMOVUPD Y3, 96(DI)
	ADDQ    $128, DI
	ADDQ    $128, SI
	SUBQ    $16, CX
	JMP     add16

add4:
	TESTQ   CX, CX
	JZ      done
	VMOVUPD (DI), Y0
	VADDPD  (SI), Y0, Y0
	VMOVUPD Y0, (DI)
	ADDQ    $32, DI
	ADDQ    $32, SI
	SUBQ    $4, CX
	JMP     add4

done:
	VZEROUPPER
	RET

// func logistic(x *float64, n int, table *uint64, c *[13]float64)
// n is a multiple of 4. The constants are those of logisticConstants, in this order.
TEXT ·logistic(SB), NOSPLIT, $0-32
	MOVQ         x+0(FP), DI
	MOVQ         n+8(FP), CX
	MOVQ         table+16(FP), R8
	MOVQ         c+24(FP), R9
	VBROADCASTSD 48(R9), Y15      // rounds to an integer
	VBROADCASTSD 96(R9), Y14      // 1
	VBROADCASTSD 24(R9), Y13      // the bits of an index

logisticNext:
	TESTQ        CX, CX
	JZ           logisticDone
	VMOVUPD      (DI), Y0
	VBROADCASTSD (R9), Y1
	VMAXPD       Y0, Y1, Y0           // not a number stays as it is
	VBROADCASTSD 8(R9), Y1
	VMINPD       Y0, Y1, Y0
	VBROADCASTSD 16(R9), Y1
	VXORPD       Y1, Y0, Y0           // −x
	VBROADCASTSD 32(R9), Y1
	VMULPD       Y1, Y0, Y2
	VADDPD       Y15, Y2, Y2
	VSUBPD       Y15, Y2, Y3          // k
	VBROADCASTSD 40(R9), Y1
	VMULPD       Y1, Y3, Y4
	VSUBPD       Y4, Y0, Y5
	VBROADCASTSD 56(R9), Y1
	VMULPD       Y1, Y3, Y4
	VSUBPD       Y4, Y5, Y5           // r
	VMULPD       Y5, Y5, Y6
	VBROADCASTSD 64(R9), Y1
	VMULPD       Y1, Y5, Y7
	VBROADCASTSD 72(R9), Y1
	VADDPD       Y1, Y7, Y7
	VMULPD       Y7, Y6, Y7
	VADDPD       Y7, Y5, Y7
	VBROADCASTSD 80(R9), Y1
	VMULPD       Y1, Y5, Y8
	VBROADCASTSD 88(R9), Y1
	VADDPD       Y1, Y8, Y8
	VMULPD       Y6, Y6, Y9
	VMULPD       Y8, Y9, Y8
	VADDPD       Y8, Y7, Y7           // the series
	VPAND        Y13, Y2, Y9
	VPCMPEQQ     Y11, Y11, Y11
	VPXOR        Y10, Y10, Y10
	VPGATHERQQ   Y11, (R8)(Y9*8), Y10
	VPSRLQ       $7, Y2, Y12
	VPSLLQ       $52, Y12, Y12
	VPADDQ       Y12, Y10, Y10        // the power of two
	VMULPD       Y7, Y10, Y7
	VADDPD       Y7, Y10, Y7
	VADDPD       Y7, Y14, Y7
	VDIVPD       Y7, Y14, Y0
	VMOVUPD      Y0, (DI)
	ADDQ         $32, DI
	SUBQ         $4, CX
	JMP          logisticNext

logisticDone:
	VZEROUPPER
	RET

// func adam(v *moments, n int, a *AdamStep)
// n is a multiple of 4.
TEXT ·adam(SB), NOSPLIT, $0-24
	MOVQ         v+0(FP), R11
	MOVQ         (R11), DI
	MOVQ         8(R11), SI
	MOVQ         16(R11), R8
	MOVQ         24(R11), R9
	MOVQ         n+8(FP), CX
	MOVQ         a+16(FP), R10
	VBROADCASTSD (R10), Y10    // decay
	VBROADCASTSD 8(R10), Y11   // the share of a new gradient in the mean
	VBROADCASTSD 16(R10), Y12  // and of its square
	VBROADCASTSD 24(R10), Y13  // rate
	VBROADCASTSD 32(R10), Y14  // scale of the root
	VBROADCASTSD 40(R10), Y15  // least divisor
	VBROADCASTSD 48(R10), Y9   // gain of the gradient

adamNext:
	TESTQ   CX, CX
	JZ      adamDone
	VMOVUPD (DI), Y0
	VMOVUPD (SI), Y1
	VMOVUPD (R8), Y2
	VMOVUPD (R9), Y3
	VMULPD  Y1, Y9, Y1
	VMULPD  Y0, Y10, Y4
	VSUBPD  Y4, Y1, Y1
	VSUBPD  Y2, Y1, Y4
	VMULPD  Y4, Y11, Y4
	VADDPD  Y4, Y2, Y2
	VMULPD  Y1, Y1, Y4
	VSUBPD  Y3, Y4, Y4
	VMULPD  Y4, Y12, Y4
	VADDPD  Y4, Y3, Y3
	VSQRTPD Y3, Y4
	VMULPD  Y4, Y14, Y4
	VADDPD  Y4, Y15, Y4
	VMULPD  Y2, Y13, Y5
	VDIVPD  Y4, Y5, Y5
	VADDPD  Y5, Y0, Y0
	VMOVUPD Y0, (DI)
	VMOVUPD Y2, (R8)
	VMOVUPD Y3, (R9)
	ADDQ    $32, DI
	ADDQ    $32, SI
	ADDQ    $32, R8
	ADDQ    $32, R9
	SUBQ    $4, CX
	JMP     adamNext

adamDone:
	VZEROUPPER
	RET
