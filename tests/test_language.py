"""Language by script and function words."""

from __future__ import annotations

import pytest

from cleaner.language import guess_language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The council met on Friday and agreed that the bridge would be built by the end of the year."),
        ("de", "Der Rat hat am Freitag beschlossen, dass die Brücke bis zum Ende des Jahres gebaut wird."),
        ("fr", "Le conseil a décidé vendredi que le pont sera construit avant la fin de l'année."),
        ("es", "El consejo decidió el viernes que el puente se construirá antes de que termine el año."),
        ("it", "Il consiglio ha deciso venerdì che il ponte sarà costruito entro la fine dell'anno."),
        ("pt", "O conselho decidiu na sexta-feira que a ponte não será construída até ao fim do ano."),
        ("nl", "De raad besloot vrijdag dat de brug voor het einde van het jaar wordt gebouwd."),
        ("pl", "Rada zdecydowała w piątek, że most nie będzie gotowy do końca roku."),
        ("ru", "Совет решил в пятницу, что мост не будет построен до конца года."),
        ("uk", "Рада вирішила у п'ятницю, що міст не буде збудовано до кінця року, але це не все."),
        ("tr", "Meclis cuma günü köprünün yıl sonuna kadar bitirilmesi için bir karar aldı ve bu çok önemli."),
        ("zh", "市议会周五决定，大桥将在年底前建成。"),
        ("ja", "市議会は金曜日、橋を年末までに建設することを決めた。"),
        ("ar", "قرر المجلس يوم الجمعة بناء الجسر قبل نهاية العام."),
        ("und", "7 8 9"),
        ("und", "xyzzy plugh quux corge grault garply"),
    ],
)
def test_languages(language: str, text: str) -> None:
    guessed, score = guess_language(text)
    assert guessed == language
    assert 0.0 <= score <= 1.0
    assert (score > 0) == (language != "und")
