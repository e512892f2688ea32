CREATE TABLE packed (a text STORAGE EXTERNAL);
CREATE COLLATION ruled (provider = icu, locale = 'und', rules = '&b < a');
-- then
CREATE TABLE packed (a text STORAGE MAIN);
CREATE COLLATION ruled (provider = icu, locale = 'und', rules = '&c < a');
