#ifndef FORGE_KEYS_H
#define FORGE_KEYS_H

/*
 * Keys made for these tests alone, with both halves; and as PEM, for other libraries, where libjwt
 * knows the algorithm. FORGE_EC_PEM is the one that RFC 9246 publishes (see forge.h).
 */

#define FORGE_EC_PEM                                                                               \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyaowezrCLTU6yIwU\n"                           \
    "L5RQw67cHgvZeMTLVZXjUGb1A1OhRANCAARt7zTtLg7t3MHojiFOIJS+bEIjoW7F\n"                           \
    "ZtrXFgGUtJKxn6zhguLyOvYPlhfQBhFSN+7DTcG4yMwcUoy7yC+390QQ\n"                                   \
    "-----END PRIVATE KEY-----\n"

#define FORGE_ES384_JWK                                                                            \
    "{\"kid\":\"es384\",\"alg\":\"ES384\",\"kty\":\"EC\",\"x\":\"OEweXK1pxZEy5hVrblPb2FQz"         \
    "si_7HRv1y4BVDtpYcBmdRpDgvCMPo_gVVqujplMc\",\"y\":\"8fOjZ9i6mNgTi9fy3MHb8znbUb4KejlpN"         \
    "OHrD29pY2FH-23yEbCWM3ktxApcL6pj\",\"crv\":\"P-384\",\"d\":\"5GM7YVnZdaAesSCBZ1PzKt8N"         \
    "p9wYuxz5D-H9g7gcB0R1rln4vYbVNjOIM8t72HHo\"}"
#define FORGE_ES384_PEM                                                                            \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDDkYzthWdl1oB6xIIFn\n"                           \
    "U/Mq3w2n3Bi7HPkP4f2DuBwHRHWuWfi9htU2M4gzy3vYceihZANiAAQ4TB5crWnF\n"                           \
    "kTLmFWtuU9vYVDOyL/sdG/XLgFUO2lhwGZ1GkOC8Iw+j+BVWq6OmUxzx86Nn2LqY\n"                           \
    "2BOL1/LcwdvzOdtRvgp6OWk04esPb2ljYUf7bfIRsJYzeS3EClwvqmM=\n"                                   \
    "-----END PRIVATE KEY-----\n"

#define FORGE_RS256_JWK                                                                            \
    "{\"kid\":\"rs256\",\"alg\":\"RS256\",\"kty\":\"RSA\",\"n\":\"24Fa5vW3t1evbfijEWey0N_"         \
    "z5JeKOFq_C29IvnQTK0wQOdpxtViknBbD_QGgV1sUvGW8FAk1tHF_Rz3313xX56Bteliik_ID8Inyk885V5s"         \
    "_jxGjqtsOM3djXcWVLpmnZsAee06DFbUiM93qir4KFmvJR9RE_QLwmXvlZR6n_BoVH9wdyAxTo7HLLHnaWv7"         \
    "BqBG2o6bR0PQE938nzsUsY42XsDy4dSb4-Y4OHkIxATbyS1MUsq_zMTOwRRPWk4ONYKPmuA248PUAt0s8DGV"         \
    "V_KBJfCWWQhCl0G-tRvGCizuCHF-o2Nyg2rgBzSbJT1DRKwPho346HvYCo1zl2Pp8gw\",\"e\":\"AQAB\""         \
    ",\"d\":\"EsQIzvT-gKn6QVG_3dWP4oPlmHXiJwuPCKhkv4TckgIzOEGgy1Wpi6n16x6P-YKRD8LiJOkH_TC"         \
    "00RTkUuOk_5Q7YnnLEGXg3gK_ySYuq1Aw9gdr3B1VJfjqIaf_fIKTXq6ZtzCmS_KhMBj5RmTqfNyN0oURuXs"         \
    "JBxN3Wuvs2u8BXauQl3E3FzXSbEJtip7iKxMOJZROzec81NFkzbMSL056F52x2dzqOCuTD7v16Pg2wCkvVqI"         \
    "pw0xpac6TQHqyH8UmkVw0usVFaxjOtRI-FqbltWGaCIGVfnB-L6Z0nqDZ4TmJor7C-e_b_NVIwyyOIdR0OJI"         \
    "v24mrdxZHHJdhgQ\",\"p\":\"8uU-MHu8hVFJiKbv0qzONxRNsSvdCEc7GjfdCewfzTvZpN43qcDWNAooPW"         \
    "WaT0XzTsyJGuP5zeBczJx8RRltnUkkTXm9Hqg4vZFZB7ewfCJMEC-45syxszz_5D6qWslufZcK4shgvNg6QW"         \
    "1gdgvfERiZSmfG9YimB6QeOeek_IE\",\"q\":\"51kO2Su6P-frnaoHx_wWwCzEgZjZDa082N2UxuhugHwa"         \
    "M83hE8AnEJC8Kyz8B9s6Jc35hm4qftWKmxdLb701WnpFKsEKPeXMe00T8OlXlJUN4Ysk9EOzAQsxneDLV76B"         \
    "OxpjGq_OXksGnXzcJWJBkfeZbfM9GcGz2oWQ1J0kBwM\",\"dp\":\"ju5RQyx9CiKEV_KMK3fevVCoSzqZj"         \
    "baE0-_NlXoqWJYAg-Dz9mNwaR0VAtQYEtAB1fvMLlO6-ugtE4Z-JhdJhoW05BZgMHsjMIIoVr9EDjgMdHXwo"         \
    "3gOlX-uwPwTOOtRpnvMPxlUu6ut1DRtz-k6cY_9HGinDnND6DkuRDrIvoE\",\"dq\":\"raONXnjQiQikMq"         \
    "kcwAA4fzLapr63IunEwqzE7uojjjIXZIyBA9b0Ox227d0MqUTlBtzrDPgA00OpjbBVQV_M_MTKx0UuT7j72g"         \
    "vHDMnGn1GkooVSTjfF0eG58tp3JLtquZabjbsodGNxaqD9ht2Rg2JIeVrYoE1flYMsajgrg0s\",\"qi\":"          \
    "\"QSnE_NtvW2LUk-MrHoXQcP7x2R2ggvU4vU0y0y7r1xPphX28XNiCmTpJN0xQWt2MsivuEzaS5C0gtzBjfa"         \
    "RPwCytujr1C9LGjE7J7dkbB6m1_0uVb4dvxa1n4B-0943_lsLKwN0ICPoO52hBUek1H3FB6C_oe4jn4XQXIr"         \
    "A1TmA\"}"
#define FORGE_RS256_PEM                                                                            \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDbgVrm9be3V69t\n"                           \
    "+KMRZ7LQ3/Pkl4o4Wr8Lb0i+dBMrTBA52nG1WKScFsP9AaBXWxS8ZbwUCTW0cX9H\n"                           \
    "PffXfFfnoG16WKKT8gPwifKTzzlXmz+PEaOq2w4zd2NdxZUumadmwB57ToMVtSIz\n"                           \
    "3eqKvgoWa8lH1ET9AvCZe+VlHqf8GhUf3B3IDFOjscssedpa/sGoEbajptHQ9AT3\n"                           \
    "fyfOxSxjjZewPLh1Jvj5jg4eQjEBNvJLUxSyr/MxM7BFE9aTg41go+a4Dbjw9QC3\n"                           \
    "SzwMZVX8oEl8JZZCEKXQb61G8YKLO4IcX6jY3KDauAHNJslPUNErA+Gjfjoe9gKj\n"                           \
    "XOXY+nyDAgMBAAECggEAEsQIzvT+gKn6QVG/3dWP4oPlmHXiJwuPCKhkv4TckgIz\n"                           \
    "OEGgy1Wpi6n16x6P+YKRD8LiJOkH/TC00RTkUuOk/5Q7YnnLEGXg3gK/ySYuq1Aw\n"                           \
    "9gdr3B1VJfjqIaf/fIKTXq6ZtzCmS/KhMBj5RmTqfNyN0oURuXsJBxN3Wuvs2u8B\n"                           \
    "XauQl3E3FzXSbEJtip7iKxMOJZROzec81NFkzbMSL056F52x2dzqOCuTD7v16Pg2\n"                           \
    "wCkvVqIpw0xpac6TQHqyH8UmkVw0usVFaxjOtRI+FqbltWGaCIGVfnB+L6Z0nqDZ\n"                           \
    "4TmJor7C+e/b/NVIwyyOIdR0OJIv24mrdxZHHJdhgQKBgQDy5T4we7yFUUmIpu/S\n"                           \
    "rM43FE2xK90IRzsaN90J7B/NO9mk3jepwNY0Cig9ZZpPRfNOzIka4/nN4FzMnHxF\n"                           \
    "GW2dSSRNeb0eqDi9kVkHt7B8IkwQL7jmzLGzPP/kPqpayW59lwriyGC82DpBbWB2\n"                           \
    "C98RGJlKZ8b1iKYHpB4556T8gQKBgQDnWQ7ZK7o/5+udqgfH/BbALMSBmNkNrTzY\n"                           \
    "3ZTG6G6AfBozzeETwCcQkLwrLPwH2zolzfmGbip+1YqbF0tvvTVaekUqwQo95cx7\n"                           \
    "TRPw6VeUlQ3hiyT0Q7MBCzGd4MtXvoE7GmMar85eSwadfNwlYkGR95lt8z0ZwbPa\n"                           \
    "hZDUnSQHAwKBgQCO7lFDLH0KIoRX8owrd969UKhLOpmNtoTT782VeipYlgCD4PP2\n"                           \
    "Y3BpHRUC1BgS0AHV+8wuU7r66C0Thn4mF0mGhbTkFmAweyMwgihWv0QOOAx0dfCj\n"                           \
    "eA6Vf67A/BM461Gme8w/GVS7q63UNG3P6Tpxj/0caKcOc0PoOS5EOsi+gQKBgQCt\n"                           \
    "o41eeNCJCKQyqRzAADh/Mtqmvrci6cTCrMTu6iOOMhdkjIED1vQ7Hbbt3QypROUG\n"                           \
    "3OsM+ADTQ6mNsFVBX8z8xMrHRS5PuPvaC8cMycafUaSihVJON8XR4bny2ncku2q5\n"                           \
    "lpuNuyh0Y3FqoP2G3ZGDYkh5WtigTV+VgyxqOCuDSwKBgEEpxPzbb1ti1JPjKx6F\n"                           \
    "0HD+8dkdoIL1OL1NMtMu69cT6YV9vFzYgpk6STdMUFrdjLIr7hM2kuQtILcwY32k\n"                           \
    "T8Asrbo69QvSxoxOye3ZGweptf9LlW+Hb8WtZ+AftPeN/5bCysDdCAj6DudoQVHp\n"                           \
    "NR9xQegv6HuI5+F0FyKwNU5g\n"                                                                   \
    "-----END PRIVATE KEY-----\n"

#define FORGE_PS256_JWK                                                                            \
    "{\"kid\":\"ps256\",\"alg\":\"PS256\",\"kty\":\"RSA\",\"n\":\"kOOfl1eMfFKTOxjaXwMGJ8L"         \
    "S-y2VzE5Z7IlJr5b78RjwXJQgBAqHetDUzwIqIxeK03IMfI_G-DlQCkB_xgsrhQkJXjTDA954vtvQdBHMEzy"         \
    "h_EZFzecZOCBQmiaV-AFZDTXQNVamoF5KxqdYJTBp2JxyzXm41r2jB9SLSnw830-yfH2GxUJH5RJVUGnsA7T"         \
    "wcHsl8wxgfhdFsbchdnMTAzOJQO_R9OmHXWdDt0lH4nZ6TtCGlCP_sGfvFQz0cMSVSMyM73Zey2ubeZF8h1F"         \
    "ZMfv3roLUKJ-paHQnToc4ceR6HkH7xFpP5yDqHDfjFTqUwSSCdED95G8uHjzhfCFxAw\",\"e\":\"AQAB\""         \
    ",\"d\":\"Q-VW6P3OyIeNlPj9g96P6NwEME5ZTyc8PnrLO-xd3cpZAJktM5eXizcHMoaKJm2m0ZU1Qr3BeJq"         \
    "q5lL5TV34o9vrNuk0pcCABrhNQ8b_Qdh89BIeLfHowINsIgCI8HH5QBaCniwf4zCsi9DpnmvEfgw6RA2RT5g"         \
    "IKOgx6dK0V9R1SLRfdo2U4MEQD1wMaSwjIIJMq2W03PlsC_Hq4Ba68ekfSN9p4R3DgGAGYUFvRgQW4vP3Psk"         \
    "GJkEXWBazNTzQmto6F62zG-eCyTRit0yIY1-r-yilmE4L_vSBC5X4GR2qRf8gIYcxq2_wvG7KNjp0PyvZ0GV"         \
    "wxifGyiOr7Pu4QQ\",\"p\":\"yvMLgN0k1BQFw6YWplS5rtcMXQxoUI4S9ZKqTVvcglMY2iSmsJ9NGFDqKu"         \
    "S8W7Heo1Bl2f_CjzXVcMQcJdjFVNzSBSu_KyAF35AB6CfYtXxa1DpHWBjY-sC5pEVQ3ya7OGwRF7LFzLw0KY"         \
    "bhxFhYmtQ8Da4lnNxgR1stXnxWhGM\",\"q\":\"tsNOj7B5Lxw_Iqd_oPd9ZFIf_lgYkbhMU1gb2eFoc46v"         \
    "gEFQ0V-M38OUX1uCQbpQU_jEKlXPX0Nao4Rp6BwtYhWc8e4DWdWBK25D1ULgoYJ2xetyBPGcppgvvwcescs3"         \
    "ofGZD-BFdEh2Mw4xQyG06t2k-Ebow0WfJOXEVLBBcuE\",\"dp\":\"mbfDQ8S8i2HrB8i6KRvNVI-Pzr6CG"         \
    "Fm0JIsFMPjeKVwVW80c8HSIaV2IMBr2TCGKN3rC2n6s99nXo8T2aPgqZt-mt8Ht1xU3PaEOwK_FpZjeFxdZS"         \
    "HHxjuQA-FqEKbFlZxP7Uk7XIP6AJ-ABCr27xvHv1pDL7mbBCesWjxVwVm8\",\"dq\":\"sZtLFUgh_C4vDL"         \
    "ZJyVu5d2x3uuxRtAqt4bCWID51Cxd2ZeUTbOS2Oh4Oajy7cLRmq7PsrleFlsYVpyJe6Tm4wMDQLCtpBjv9sv"         \
    "8M3IqJUWs_kUclHrjNyvfKLpH0ukMKZU4ruMnxtPdWJnd8WAjBkByk3MHMITffWDQRf1tpvwE\",\"qi\":"          \
    "\"uXB_nmSSSTbVtMTAW6JD00EVLtI5wO2TZG5U8r5SbUt8qzF32FufZ7JJ4EjdA8WVeRLt_haq_hqRt0oc_j"         \
    "lVcj_inSVvg8iBjAkgTIwv21YhpQmdbiVVxy3C2l-lzxwA7FccEuCL6OUR_LXuxLymlXr7yb9GKVR-0Aqzlg"         \
    "-O_z4\"}"

#define FORGE_EDDSA_JWK                                                                            \
    "{\"kid\":\"eddsa\",\"alg\":\"EdDSA\",\"crv\":\"Ed25519\",\"d\":\"BICbn149ecQ0dbB5QH2"         \
    "lOU80q_XP5yuRda5RxvRL9C4\",\"x\":\"yxbM2Ljrz1q2jqka55OX_HBvGZcWmErr-T0rzEjqFL8\",\"k"         \
    "ty\":\"OKP\"}"

/* 1024 bits. */
#define FORGE_WEAK_RSA_JWK                                                                         \
    "{\"kid\":\"weak\",\"alg\":\"RS256\",\"kty\":\"RSA\",\"n\":\"6AkgPU6lnJELslCYcNmcPkim"         \
    "k3_VN06425TJQxMb2Reqqd1Tk-QmOyMc2rhDxtOAMOhmSCBl7fh2MWnMfwcK5fIXcl509j3_3WOSeYbAxkaB"         \
    "O7sCsg1jpdyd7QxyhGNc_en19_nDr7azTe5B66YfoOkDpA39Vt6mJVa--ATyBeU\",\"e\":\"AQAB\"}"

#endif
