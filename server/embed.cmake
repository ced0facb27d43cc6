# cmake -DINPUT=FILE -DOUTPUT=FILE.c -DNAME=SYMBOL -P embed.cmake: a file's bytes as a C array.
file(READ ${INPUT} hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR length "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(................................................................................)"
    "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT}
    "extern const unsigned char ${NAME}[];\n"
    "extern const unsigned int ${NAME}_len;\n"
    "const unsigned char ${NAME}[] = {\n${bytes}\n};\n"
    "const unsigned int ${NAME}_len = ${length};\n")
