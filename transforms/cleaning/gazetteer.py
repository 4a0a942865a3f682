"""Places that datelines name: cities that stand alone in them, and the states and countries that others are put in."""

from typing import Final

CITIES: Final = frozenset(
    city.strip()
    for city in """
    ABIDJAN, ABU DHABI, ABUJA, ACCRA, ADDIS ABABA, ADEN, ALEPPO, ALGIERS, ALMATY, AMMAN, AMSTERDAM, ANKARA,
    ANTANANARIVO, ASUNCION, ATHENS, ATLANTA, AUCKLAND, AUSTIN, BAGHDAD, BAKU, BALTIMORE, BAMAKO, BANGKOK,
    BARCELONA, BASRA, BEIJING, BEIRUT, BELFAST, BELGRADE, BENGALURU, BENGHAZI, BERLIN, BERN, BIRMINGHAM,
    BISHKEK, BOGOTA, BONN, BOSTON, BRASILIA, BRATISLAVA, BRISBANE, BRUSSELS, BUCHAREST, BUDAPEST, BUENOS AIRES,
    CAIRO, CALGARY, CANBERRA, CAPE TOWN, CARACAS, CARDIFF, CASABLANCA, CHENNAI, CHICAGO, CHISINAU, CINCINNATI,
    CLEVELAND, COLOGNE, COLOMBO, COPENHAGEN, DAKAR, DALLAS, DAMASCUS, DAR ES SALAAM, DENVER, DETROIT, DHAKA,
    DOHA, DUBAI, DUBLIN, DURBAN, DUSHANBE, EDINBURGH, ERBIL, FRANKFURT, FREETOWN, GAZA, GAZA CITY, GENEVA,
    GLASGOW, GUADALAJARA, GUANGZHOU, GUATEMALA CITY, HAMBURG, HANOI, HARARE, HAVANA, HELSINKI, HO CHI MINH CITY,
    HONG KONG, HONOLULU, HOUSTON, HYDERABAD, INDIANAPOLIS, ISLAMABAD, ISTANBUL, JAKARTA, JERUSALEM,
    JOHANNESBURG, JUBA, KABUL, KAMPALA, KANSAS CITY, KARACHI, KATHMANDU, KHARTOUM, KIEV, KIGALI, KINGSTON,
    KINSHASA, KOLKATA, KUALA LUMPUR, KUWAIT, KUWAIT CITY, KYIV, LA PAZ, LAGOS, LAHORE, LAS VEGAS, LIMA, LISBON,
    LIVERPOOL, LJUBLJANA, LONDON, LOS ANGELES, LUANDA, LUSAKA, LUXEMBOURG, MACAU, MADRID, MANAGUA, MANAMA,
    MANCHESTER, MANILA, MAPUTO, MECCA, MELBOURNE, MEXICO CITY, MIAMI, MILAN, MILWAUKEE, MINNEAPOLIS, MINSK,
    MOGADISHU, MONROVIA, MONTEVIDEO, MONTREAL, MOSCOW, MOSUL, MUMBAI, MUNICH, NAIROBI, NAYPYITAW, NEW DELHI, NEW
    ORLEANS, NEW YORK, NICOSIA, NUR-SULTAN, OKLAHOMA CITY, OSAKA, OSLO, OTTAWA, PANAMA CITY, PARIS, PERTH,
    PHILADELPHIA, PHNOM PENH, PHOENIX, PITTSBURGH, PODGORICA, PORT-AU-PRINCE, PRAGUE, PRETORIA, PRISTINA,
    PYONGYANG, QUEBEC CITY, QUITO, RABAT, RAMALLAH, RANGOON, REYKJAVIK, RIGA, RIO DE JANEIRO, RIYADH, ROME,
    ROTTERDAM, SALT LAKE CITY, SAN ANTONIO, SAN DIEGO, SAN FRANCISCO, SAN JOSE, SAN SALVADOR, SANAA, SANTIAGO,
    SANTO DOMINGO, SAO PAULO, SARAJEVO, SEATTLE, SEOUL, SHANGHAI, SHENZHEN, SINGAPORE, SKOPJE, SOFIA, ST. LOUIS,
    ST. PETERSBURG, STOCKHOLM, STRASBOURG, SYDNEY, TAIPEI, TALLINN, TASHKENT, TBILISI, TEGUCIGALPA, TEHRAN, TEL
    AVIV, THE HAGUE, TIRANA, TOKYO, TORONTO, TRIPOLI, TUNIS, TURIN, ULAN BATOR, UNITED NATIONS, VALLETTA,
    VANCOUVER, VATICAN CITY, VIENNA, VIENTIANE, VILNIUS, WARSAW, WASHINGTON, WELLINGTON, WINDHOEK, YANGON,
    YEREVAN, ZAGREB, ZURICH, WIEN, M\u00dcNCHEN, K\u00d6LN, Z\u00dcRICH, BR\u00dcSSEL, GEN\u00c8VE, BRUXELLES,
    ROMA, MILANO, LISBOA, BRAS\u00cdLIA, S\u00c3O PAULO, BOGOT\u00c1, M\u00c9XICO, WARSZAWA, MOSKAU, PEKING,
    ATHEN, BUDAPEST, PRAG, D\u00dcSSELDORF, STUTTGART, HANNOVER, LEIPZIG, DRESDEN
    """.replace("\n", " ").split(",")
)
REGIONS: Final = frozenset(
    region.strip()
    for region in """
    Ala., Alaska, Ariz., Ark., Calif., Colo., Conn., Del., D.C., Fla., Ga., Hawaii, Idaho, Ill., Ind., Iowa,
    Kan., Ky., La., Maine, Md., Mass., Mich., Minn., Miss., Mo., Mont., Neb., Nev., N.H., N.J., N.M., N.Y.,
    N.C., N.D., Ohio, Okla., Ore., Pa., Penn., P.R., R.I., S.C., S.D., Tenn., Texas, Tex., Utah, Vt., Va.,
    Wash., W.Va., W. Va., Wis., Wyo., Alabama, Arizona, Arkansas, California, Colorado, Connecticut, Delaware,
    Florida, Georgia, Illinois, Indiana, Kansas, Kentucky, Louisiana, Maryland, Massachusetts, Michigan,
    Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, New Mexico, New
    York, North Carolina, North Dakota, Oklahoma, Oregon, Pennsylvania, Rhode Island, South Carolina, South
    Dakota, Tennessee, Vermont, Virginia, Washington, West Virginia, Wisconsin, Wyoming, Puerto Rico, Ont.,
    Que., Alta., B.C., Man., N.S., Sask., Nfld., Ontario, Quebec, Alberta, British Columbia, Manitoba, Nova
    Scotia, Saskatchewan, New Brunswick, Afghanistan, Albania, Algeria, Andorra, Angola, Argentina, Armenia,
    Australia, Austria, Azerbaijan, Bahamas, Bahrain, Bangladesh, Barbados, Belarus, Belgium, Belize, Benin,
    Bhutan, Bolivia, Bosnia, Bosnia-Herzegovina, Botswana, Brazil, Britain, Brunei, Bulgaria, Burkina Faso,
    Burma, Burundi, Cambodia, Cameroon, Canada, Cape Verde, Central African Republic, Chad, Chile, China,
    Colombia, Comoros, Congo, Costa Rica, Croatia, Cuba, Cyprus, Czech Republic, Denmark, Djibouti, Dominica,
    Dominican Republic, East Timor, Ecuador, Egypt, El Salvador, England, Eritrea, Estonia, Ethiopia, Fiji,
    Finland, France, Gabon, Gambia, Germany, Ghana, Greece, Greenland, Grenada, Guatemala, Guinea,
    Guinea-Bissau, Guyana, Haiti, Honduras, Hungary, Iceland, India, Indonesia, Iran, Iraq, Ireland, Israel,
    Italy, Ivory Coast, Jamaica, Japan, Jordan, Kazakhstan, Kenya, Kosovo, Kuwait, Kyrgyzstan, Laos, Latvia,
    Lebanon, Lesotho, Liberia, Libya, Liechtenstein, Lithuania, Luxembourg, Macedonia, Madagascar, Malawi,
    Malaysia, Maldives, Mali, Malta, Mauritania, Mauritius, Mexico, Moldova, Monaco, Mongolia, Montenegro,
    Morocco, Mozambique, Myanmar, Namibia, Nepal, Netherlands, New Zealand, Nicaragua, Niger, Nigeria, North
    Korea, North Macedonia, Northern Ireland, Norway, Oman, Pakistan, Panama, Papua New Guinea, Paraguay, Peru,
    Philippines, Poland, Portugal, Qatar, Romania, Russia, Rwanda, Saudi Arabia, Scotland, Senegal, Serbia,
    Seychelles, Sierra Leone, Singapore, Slovakia, Slovenia, Somalia, South Africa, South Korea, South Sudan,
    Spain, Sri Lanka, Sudan, Suriname, Swaziland, Sweden, Switzerland, Syria, Taiwan, Tajikistan, Tanzania,
    Thailand, Togo, Trinidad, Tunisia, Turkey, Turkmenistan, Uganda, Ukraine, United Arab Emirates, United
    Kingdom, Uruguay, Uzbekistan, Venezuela, Vietnam, Wales, West Bank, Yemen, Zambia, Zimbabwe, Crimea, Gaza
    Strip
    """.replace("\n", " ").split(",")
)  # fmt: skip
